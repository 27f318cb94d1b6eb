/* import.c - see import.h. */
#include "import.h"

#include "csv.h"
#include "manifest.h"
#include "need.h"
#include "schema.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* An import on its way. */
struct import {
    struct store *store;
    const char *directory;
    char *experiment;           /* the id, as soon as experiment.csv is read */
    size_t rows[SCHEMA_TABLES]; /* read of each table */
};

/* What a table's rows are read with. */
struct reader {
    const struct schema_table *table;
    sqlite3_stmt *columns, *insert, *same;
};

static const char *store_path(const struct import *import) {
    return sqlite3_db_filename(store_database(import->store), "main");
}

/* What SQLite says: of the row where that breaks a rule of the tables, otherwise of the store. */
static bool broken(const struct import *import, struct fault *fault) {
    sqlite3 *database = store_database(import->store);
    int code = sqlite3_errcode(database);
    if (code == SQLITE_CONSTRAINT || code == SQLITE_MISMATCH)
        return fault_set(fault, "%s", sqlite3_errmsg(database));
    return fault_set(fault, "STORE=%s: %s; nothing was taken", store_path(import),
                     sqlite3_errmsg(database));
}

/* ---- One row ---- */

/* Binds a row's values as they are in the table.  (SQLite's own way from text to floating point
 * need not give the nearest number back, so that is done here.) */
static bool bind(const struct reader *reader, sqlite3_stmt *statement,
                 const struct csv_record *record, struct fault *fault) {
    sqlite3_reset(statement);
    for (size_t i = 0; i < record->count; i++) {
        const char *text = record->field[i];
        const char *type = sqlite3_column_decltype(reader->columns, (int)i);
        if (!text) {
            sqlite3_bind_null(statement, (int)i + 1);
        } else if (strcmp(type, "REAL") == 0) {
            char *end;
            double number = strtod(text, &end);
            if (end == text || *end != '\0' || !isfinite(number))
                return fault_set(fault, "%s is %s: must be a finite number",
                                 sqlite3_column_name(reader->columns, (int)i), text);
            sqlite3_bind_double(statement, (int)i + 1, number);
        } else { /* whole numbers too: SQLite makes them numbers, or says what is wrong */
            sqlite3_bind_text(statement, (int)i + 1, text, -1, SQLITE_TRANSIENT);
        }
    }
    return true;
}

/* The experiment's own row: its id and name become paths when it is exported again. */
static bool take_names(struct import *import, const struct csv_record *record,
                       struct fault *fault) {
    const char *id = record->field[0], *name = record->field[1];
    if (import->experiment)
        return fault_set(fault, "a second experiment where an export has one");
    if (!id || !word_is_name(id))
        return fault_set(fault, "the id %s: must be made of letters, digits, . _ and -",
                         id ? id : "");
    if (name && !word_is_name(name))
        return fault_set(fault, "the name %s: must be made of letters, digits, . _ and -", name);
    import->experiment = need_copy(id);
    return true;
}

static bool insert_record(struct import *import, const struct reader *reader,
                          const struct csv_record *record, struct fault *fault) {
    if (strcmp(reader->table->name, "experiment") == 0 && !take_names(import, record, fault))
        return false;
    if (!bind(reader, reader->insert, record, fault))
        return false;
    if (sqlite3_step(reader->insert) != SQLITE_DONE)
        return broken(import, fault);
    if (sqlite3_changes(store_database(import->store)) == 1)
        return true;
    /* It is known: then it is the same. */
    if (!bind(reader, reader->same, record, fault))
        return false;
    int result = sqlite3_step(reader->same);
    sqlite3_reset(reader->same);
    if (result != SQLITE_ROW && result != SQLITE_DONE)
        return broken(import, fault);
    return result == SQLITE_ROW ||
           fault_set(fault, "STORE=%s has %s %s with other values", store_path(import),
                     reader->table->name, record->field[0] ? record->field[0] : "");
}

/* ---- One table ---- */

static bool same_columns(const struct reader *reader, const struct csv_record *header) {
    bool same = header->count == (size_t)sqlite3_column_count(reader->columns);
    for (size_t i = 0; same && i < header->count; i++)
        same = header->field[i] &&
               strcmp(header->field[i], sqlite3_column_name(reader->columns, (int)i)) == 0;
    return same;
}

/* The statements for a table. */
static bool prepare(const struct import *import, struct reader *reader, struct fault *fault) {
    const char *name = reader->table->name;
    reader->columns = store_statement(import->store, fault, "SELECT * FROM %s", name);
    if (!reader->columns)
        return false;
    struct words places = {0}, equal = {0};
    for (int i = 0; i < sqlite3_column_count(reader->columns); i++) {
        char *term = need_format("%s IS ?%d", sqlite3_column_name(reader->columns, i), i + 1);
        words_add(&equal, term);
        words_add(&places, "?");
        free(term);
    }
    char *marks = words_join(&places, ", "), *all = words_join(&equal, " AND ");
    reader->insert = store_statement(import->store, fault, "INSERT INTO %s VALUES (%s) %s", name,
                                     marks, reader->table->when_known);
    reader->same = reader->insert ? store_statement(import->store, fault,
                                                    "SELECT 1 FROM %s WHERE %s", name, all)
                                  : NULL;
    words_free(&places);
    words_free(&equal);
    free(marks);
    free(all);
    return reader->same != NULL;
}

static bool read_rows(struct import *import, const struct reader *reader, FILE *file,
                      struct fault *fault) {
    struct csv_record record = {0};
    bool good = (csv_read(file, &record) == 1 && same_columns(reader, &record)) ||
                fault_set(fault, "the first line does not name the table's columns");
    size_t columns = record.count, number = 1;
    for (int result = 1; good && (result = csv_read(file, &record)) != 0;) {
        number++;
        struct fault inner;
        if (result < 0)
            good = fault_set(&inner, "is not CSV");
        else if (record.count != columns)
            good =
                fault_set(&inner, "%zu fields where there are %zu columns", record.count, columns);
        else
            good = insert_record(import, reader, &record, &inner);
        if (!good)
            fault_set(fault, "record %zu: %.800s", number, inner.line);
    }
    import->rows[reader->table - schema_tables] = number - 1;
    csv_free(&record);
    return good;
}

static bool read_table(struct import *import, const struct schema_table *table,
                       struct fault *fault) {
    char *path = need_format("%s/%s.csv", import->directory, table->name);
    FILE *file = fopen(path, "rb");
    struct fault inner;
    struct reader reader = {.table = table};
    bool good = (file || fault_set(&inner, "%s", strerror(errno))) &&
                prepare(import, &reader, &inner) && read_rows(import, &reader, file, &inner);
    if (!good)
        fault_set(fault, "%s: %.800s", path, inner.line);
    sqlite3_finalize(reader.columns);
    sqlite3_finalize(reader.insert);
    sqlite3_finalize(reader.same);
    if (file)
        fclose(file);
    free(path);
    return good;
}

/* ---- The whole ---- */

/* The first column of the first row of a query about the experiment, which the caller frees; NULL,
 * with an empty fault line, if there is none. */
static char *ask(const struct import *import, struct fault *fault, const char *sql) {
    fault->line[0] = '\0';
    sqlite3_stmt *rows = store_statement(import->store, fault, "%s", sql);
    if (!rows)
        return NULL;
    sqlite3_bind_text(rows, 1, import->experiment, -1, SQLITE_TRANSIENT);
    char *text = NULL;
    int result = sqlite3_step(rows);
    if (result == SQLITE_ROW)
        text = need_copy((const char *)sqlite3_column_text(rows, 0));
    else if (result != SQLITE_DONE)
        broken(import, fault);
    sqlite3_finalize(rows);
    return text;
}

/* True if the rows that were read are the experiment's, and all that the store has of it. */
static bool all_belong(const struct import *import, struct fault *fault) {
    bool good = true;
    for (size_t i = 0; good && i < SCHEMA_TABLES; i++) {
        char *sql = need_format("SELECT count(*) FROM %s %s", schema_tables[i].name,
                                schema_tables[i].of_experiment);
        char *stored = ask(import, fault, sql), *read = need_format("%zu", import->rows[i]);
        good = stored && (strcmp(stored, read) == 0 ||
                          fault_set(fault,
                                    "%s/%s.csv: has %s rows, and experiment %s has %s with"
                                    " those that the store knows",
                                    import->directory, schema_tables[i].name, read,
                                    import->experiment, stored));
        free(sql);
        free(stored);
        free(read);
    }
    return good;
}

/* True if the experiment is one that could have been exported. */
static bool is_whole(const struct import *import, struct fault *fault) {
    static const char *const faults[] = {
        "SELECT 'it is not finished' FROM experiment WHERE id = ?1 AND status <> 'finished'",
        "SELECT 'it has no run' WHERE NOT EXISTS (SELECT 1 FROM run WHERE experiment = ?1)",
        "SELECT 'its run ' || id || ' is ok and has no sample' FROM run WHERE experiment = ?1"
        " AND status = 'ok' AND NOT EXISTS (SELECT 1 FROM sample WHERE run = run.id)",
        NULL};
    char *found = NULL;
    fault->line[0] = '\0';
    for (size_t i = 0; !found && !fault->line[0] && faults[i]; i++)
        found = ask(import, fault, faults[i]);
    if (found)
        fault_set(fault, "%s: experiment %s: %s", import->directory, import->experiment, found);
    free(found);
    return fault->line[0] == '\0';
}

static bool read_all(struct import *import, struct fault *fault) {
    bool good = true;
    for (size_t i = 0; good && i < SCHEMA_TABLES; i++)
        good = read_table(import, &schema_tables[i], fault);
    if (good && !import->experiment)
        good = fault_set(fault, "%s/experiment.csv: has no experiment", import->directory);
    return good && is_whole(import, fault) && all_belong(import, fault);
}

/* Without a look at the sums. */
static bool take(struct store *store, const char *directory, struct fault *fault) {
    struct import import = {.store = store, .directory = directory};
    struct fault inner;
    bool begun = store_begin(store, &inner);
    bool read = begun && read_all(&import, fault);
    bool good = begun && store_end(store, read, &inner);
    if (!good && (read || !begun))
        fault_set(fault, "STORE=%s: %.800s; nothing was taken", store_path(&import), inner.line);
    free(import.experiment);
    return good;
}

bool import_experiment(struct store *store, const char *directory, struct fault *fault) {
    return manifest_check(directory, fault) && take(store, directory, fault);
}

bool import_seal(const char *directory, struct fault *fault) {
    struct store *store = store_open(":memory:", fault);
    bool good = store && take(store, directory, fault) && manifest_write(directory, fault);
    store_close(store);
    return good;
}
