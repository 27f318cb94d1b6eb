/* import.c - see import.h. */
#include "import.h"

#include "csv.h"
#include "digest.h"
#include "figures.h"
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
    size_t rows[SCHEMA_TABLES]; /* of each table that the files have */
};

/* What a table's rows are read with. */
struct reader {
    const struct schema_table *table;
    struct words columns; /* that a row gives values to, without the experiment */
    struct words types;   /* and what they hold: TEXT, INTEGER, REAL */
    struct words header;  /* the file's columns */
    sqlite3_stmt *insert, *same;
    char *slot;     /* of the record before, where a record is a series */
    size_t samples; /* and how many it has so far */
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

/* Binds a value as it is in the table.  (SQLite's own way from text to floating point need not give
 * the nearest number back, so that is done here.) */
static bool bind_value(sqlite3_stmt *statement, int place, const char *name, const char *type,
                       const char *text, struct fault *fault) {
    if (!text) {
        sqlite3_bind_null(statement, place);
    } else if (strcmp(type, "REAL") == 0) {
        char *end;
        double number = strtod(text, &end);
        if (end == text || *end != '\0' || !isfinite(number))
            return fault_set(fault, "%s is %s: must be a finite number", name, text);
        sqlite3_bind_double(statement, place, number);
    } else { /* whole numbers too: SQLite makes them numbers, or says what is wrong */
        sqlite3_bind_text(statement, place, text, -1, SQLITE_TRANSIENT);
    }
    return true;
}

/* Binds a row: a value for each column, after the experiment where the rows are one's. */
static bool bind_row(const struct import *import, const struct reader *reader,
                     sqlite3_stmt *statement, const char *const *value, struct fault *fault) {
    int place = 1;
    sqlite3_reset(statement);
    if (reader->table->within)
        sqlite3_bind_text(statement, place++, import->experiment, -1, SQLITE_TRANSIENT);
    for (size_t i = 0; i < reader->columns.count; i++)
        if (!bind_value(statement, place++, reader->columns.word[i], reader->types.word[i],
                        value[i], fault))
            return false;
    return true;
}

/* A row's value in the column of this name; NULL if it has none. */
static const char *value_of(const struct reader *reader, const char *const *value,
                            const char *column) {
    for (size_t i = 0; i < reader->columns.count; i++)
        if (strcmp(reader->columns.word[i], column) == 0)
            return value[i];
    return NULL;
}

/* The experiment's own row: its id and name become paths when it is exported again. */
static bool take_names(struct import *import, const struct reader *reader, const char *const *value,
                       struct fault *fault) {
    const char *id = value_of(reader, value, "id"), *name = value_of(reader, value, "name");
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

/* A tree is called by what it is. */
static bool check_tree(const struct reader *reader, const char *const *value, struct fault *fault) {
    const char *digest = value_of(reader, value, "digest"),
               *shape = value_of(reader, value, "shape");
    return (digest && shape && strcmp(tree_id(shape).hex, digest) == 0) ||
           fault_set(fault, "tree %s: is not the one that is called so", digest ? digest : "");
}

static bool insert_row(struct import *import, const struct reader *reader, const char *const *value,
                       struct fault *fault) {
    const char *name = reader->table->name;
    if ((strcmp(name, "experiment") == 0 && !take_names(import, reader, value, fault)) ||
        (strcmp(name, "tree") == 0 && !check_tree(reader, value, fault)) ||
        !bind_row(import, reader, reader->insert, value, fault))
        return false;
    if (sqlite3_step(reader->insert) != SQLITE_DONE)
        return broken(import, fault);
    import->rows[reader->table - schema_tables]++;
    if (sqlite3_changes(store_database(import->store)) == 1)
        return true;
    /* It is known: then it is the same. */
    if (!bind_row(import, reader, reader->same, value, fault))
        return false;
    int result = sqlite3_step(reader->same);
    sqlite3_reset(reader->same);
    if (result != SQLITE_ROW && result != SQLITE_DONE)
        return broken(import, fault);
    return result == SQLITE_ROW || fault_set(fault, "STORE=%s has %s %s with other values",
                                             store_path(import), name, value[0] ? value[0] : "");
}

static bool insert_tree(struct import *import, struct reader *reader,
                        const struct csv_record *record, struct fault *fault) {
    char *shape =
        figures_json(reader->header.word + 1, record->field + 1, reader->header.count - 1);
    bool good = insert_row(import, reader, (const char *const[]){record->field[0], shape}, fault);
    free(shape);
    return good;
}

/* A row for each time in the last field, numbered on where the record goes on with the same slot.
 */
static bool insert_series(struct import *import, struct reader *reader,
                          const struct csv_record *record, struct fault *fault) {
    const char *slot = record->field[0] ? record->field[0] : "";
    if (!reader->slot || strcmp(slot, reader->slot) != 0) {
        free(reader->slot);
        reader->slot = need_copy(slot);
        reader->samples = 0;
    }
    size_t last = record->count - 1;
    struct words times = {0};
    words_split(&times, record->field[last] ? record->field[last] : "", ' ');
    const char **value = need_zeroed(record->count + 1, sizeof *value);
    memcpy(value, record->field, last * sizeof *value);
    bool good = true;
    for (size_t i = 0; good && i < times.count; i++) {
        char *number = need_format("%zu", reader->samples++);
        value[last] = times.word[i];
        value[record->count] = number;
        good = insert_row(import, reader, value, fault);
        free(number);
    }
    free(value);
    words_free(&times);
    return good;
}

/* A record is a row or several: a name and a value for each field after the first. */
static bool insert_wide(struct import *import, struct reader *reader,
                        const struct csv_record *record, struct fault *fault) {
    const char *const *field = (const char *const *)record->field;
    bool good = true;
    for (size_t i = 1; good && i < record->count; i++)
        good = !field[i] ||
               insert_row(import, reader,
                          (const char *const[]){field[0], reader->header.word[i], field[i]}, fault);
    return good;
}

static bool insert_one(struct import *import, struct reader *reader,
                       const struct csv_record *record, struct fault *fault) {
    return insert_row(import, reader, (const char *const *)record->field, fault);
}

/* ---- One table ---- */

/* Adds a column of the table and what it holds.  False if the table has none of that name. */
static bool add_column(const struct import *import, struct reader *reader, const char *name,
                       struct fault *fault) {
    sqlite3_stmt *row =
        store_statement(import->store, fault,
                        "SELECT type FROM pragma_table_info(%Q) WHERE name = %Q AND cid >= %d",
                        reader->table->name, name, reader->table->within ? 1 : 0);
    bool found = row && !words_have(&reader->columns, name) && sqlite3_step(row) == SQLITE_ROW;
    if (found) {
        words_add(&reader->columns, name);
        words_add(&reader->types, (const char *)sqlite3_column_text(row, 0));
    }
    sqlite3_finalize(row);
    return found || fault_set(fault, "the first line does not name the table's columns: %s", name);
}

/* Takes the names of the columns from the first line. */
static bool read_header(struct import *import, struct reader *reader,
                        const struct csv_record *record, struct fault *fault) {
    const struct schema_table *table = reader->table;
    if (table->within && !import->experiment)
        return fault_set(fault, "there is no experiment to which it could belong");
    for (size_t i = 0; i < record->count; i++)
        words_add(&reader->header, record->field[i] ? record->field[i] : "");
    if (table->form == FORM_FIGURES)
        return strcmp(reader->header.word[0], "digest") == 0
                   ? add_column(import, reader, "digest", fault) &&
                         add_column(import, reader, "shape", fault)
                   : fault_set(fault, "the first line is not digest and names of figures");
    if (table->form == FORM_SERIES &&
        (strcmp(reader->header.word[0], "slot") != 0 ||
         strcmp(reader->header.word[reader->header.count - 1], "ns_per_op") != 0))
        return fault_set(fault, "the first line is not the table's columns from slot to ns_per_op");
    if (table->form == FORM_WIDE) {
        bool good = strcmp(reader->header.word[0], "slot") == 0;
        for (size_t i = 1; good && i < reader->header.count; i++)
            good = word_is_value(reader->header.word[i]);
        return good ? add_column(import, reader, "slot", fault) &&
                          add_column(import, reader, "name", fault) &&
                          add_column(import, reader, "value", fault)
                    : fault_set(fault, "the first line is not slot and names of values");
    }
    bool good = true;
    for (size_t i = 0; good && i < reader->header.count; i++)
        good = add_column(import, reader, reader->header.word[i], fault);
    return good && (table->form != FORM_SERIES || add_column(import, reader, "number", fault));
}

/* The statements for a table. */
static bool prepare(const struct import *import, struct reader *reader, struct fault *fault) {
    const struct schema_table *table = reader->table;
    struct words names = {0}, places = {0}, equal = {0};
    if (table->within)
        words_add(&names, "experiment");
    for (size_t i = 0; i < reader->columns.count; i++)
        words_add(&names, reader->columns.word[i]);
    for (size_t i = 0; i < names.count; i++) {
        char *term = need_format("%s IS ?%zu", names.word[i], i + 1);
        words_add(&equal, term);
        words_add(&places, "?");
        free(term);
    }
    char *columns = words_join(&names, ", "), *marks = words_join(&places, ", "),
         *all = words_join(&equal, " AND ");
    reader->insert = store_statement(import->store, fault, "INSERT INTO %s (%s) VALUES (%s) %s",
                                     table->name, columns, marks, table->when_known);
    reader->same = reader->insert ? store_statement(import->store, fault,
                                                    "SELECT 1 FROM %s WHERE %s", table->name, all)
                                  : NULL;
    words_free(&names);
    words_free(&places);
    words_free(&equal);
    free(columns);
    free(marks);
    free(all);
    return reader->same != NULL;
}

static bool read_rows(struct import *import, struct reader *reader, FILE *file,
                      struct fault *fault) {
    static bool (*const insert[])(struct import *, struct reader *, const struct csv_record *,
                                  struct fault *) = {[FORM_ROW] = insert_one,
                                                     [FORM_FIGURES] = insert_tree,
                                                     [FORM_SERIES] = insert_series,
                                                     [FORM_WIDE] = insert_wide};
    struct csv_record record = {0};
    bool good = (csv_read(file, &record) == 1 ||
                 fault_set(fault, "the first line does not name the table's columns")) &&
                read_header(import, reader, &record, fault) && prepare(import, reader, fault);
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
            good = insert[reader->table->form](import, reader, &record, &inner);
        if (!good)
            fault_set(fault, "record %zu: %.800s", number, inner.line);
    }
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
                read_rows(import, &reader, file, &inner);
    if (!good)
        fault_set(fault, "%s: %.800s", path, inner.line);
    words_free(&reader.columns);
    words_free(&reader.types);
    words_free(&reader.header);
    free(reader.slot);
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
        "SELECT 'its run ' || slot || ' is ok and has neither a sample nor a value' FROM run"
        " WHERE experiment = ?1 AND status = 'ok'"
        " AND NOT EXISTS (SELECT 1 FROM sample WHERE experiment = ?1 AND slot = run.slot)"
        " AND NOT EXISTS (SELECT 1 FROM value WHERE experiment = ?1 AND slot = run.slot)",
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

bool import_experiment(struct store *store, const char *directory, struct fault *fault) {
    if (!manifest_check(directory, fault))
        return false;
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
