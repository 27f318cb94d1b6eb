/* export.c - see export.h. */
#define _DEFAULT_SOURCE 1
#include "export.h"

#include "csv.h"
#include "manifest.h"
#include "need.h"
#include "schema.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The shortest decimal that is read back as the same number; the caller frees it. */
static char *shortest(double number) {
    char *text = need_format("%.15g", number);
    for (int digits = 16; digits <= 17 && strtod(text, NULL) != number; digits++) {
        free(text);
        text = need_format("%.*g", digits, number);
    }
    return text;
}

static void write_row(FILE *file, sqlite3_stmt *row) {
    for (int i = 0; i < sqlite3_column_count(row); i++) {
        bool real = sqlite3_column_type(row, i) == SQLITE_FLOAT;
        char *number = real ? shortest(sqlite3_column_double(row, i)) : NULL;
        csv_write(file, real ? number : (const char *)sqlite3_column_text(row, i), i == 0);
        free(number);
    }
    csv_end(file);
}

/* Adds the first column of a query about the experiment ?1.  False after a fault. */
static bool collect(struct words *words, struct store *store, const char *experiment,
                    const char *sql, struct fault *fault) {
    sqlite3_stmt *rows = store_statement(store, fault, "%s", sql);
    if (!rows)
        return false;
    sqlite3_bind_text(rows, 1, experiment, -1, SQLITE_TRANSIENT);
    int result;
    while ((result = sqlite3_step(rows)) == SQLITE_ROW)
        words_add(words, (const char *)sqlite3_column_text(rows, 0));
    sqlite3_finalize(rows);
    return result == SQLITE_DONE || fault_set(fault, "%s", sqlite3_errmsg(store_database(store)));
}

/* The columns of a table that hold something of the experiment, but for that which says of which
 * experiment it is. */
static bool list_columns(struct words *columns, struct store *store,
                         const struct schema_table *table, const char *experiment,
                         struct fault *fault) {
    struct words all = {0};
    char *sql = need_format("SELECT name FROM pragma_table_info('%s') WHERE cid >= %d AND ?1 = ?1"
                            " ORDER BY cid",
                            table->name, table->within ? 1 : 0);
    bool good = collect(&all, store, experiment, sql, fault);
    free(sql);
    for (size_t i = 0; good && i < all.count; i++) {
        struct words found = {0};
        sql = need_format("SELECT 1 FROM (SELECT * FROM %s %s) WHERE %s IS NOT NULL LIMIT 1",
                          table->name, table->of_experiment, all.word[i]);
        good = collect(&found, store, experiment, sql, fault);
        free(sql);
        if (found.count)
            words_add(columns, all.word[i]);
        words_free(&found);
    }
    if (good && columns->count == 0)
        words_add(columns, all.word[0]);
    words_free(&all);
    return good;
}

/* A row for each run, a column for each name. */
static bool list_names(struct words *columns, struct store *store, const struct schema_table *table,
                       const char *experiment, struct fault *fault) {
    char *sql = need_format("SELECT DISTINCT printf('max(iif(name = %%Q, value, NULL)) AS \"%%w\"',"
                            " name, name) FROM %s %s ORDER BY name",
                            table->name, table->of_experiment);
    words_add(columns, "slot");
    bool good = collect(columns, store, experiment, sql, fault);
    free(sql);
    return good;
}

/* The statement that gives the rows of a table as they are written; NULL after a fault. */
static sqlite3_stmt *rows_of(struct store *store, const struct schema_table *table,
                             const char *experiment, struct fault *fault) {
    struct words columns = {0};
    bool good = table->wide ? list_names(&columns, store, table, experiment, fault)
                            : list_columns(&columns, store, table, experiment, fault);
    char *list = words_join(&columns, ", ");
    sqlite3_stmt *rows = good ? store_statement(store, fault, "SELECT %s FROM %s %s%s", list,
                                                table->name, table->of_experiment,
                                                table->wide ? " GROUP BY slot ORDER BY slot" : "")
                              : NULL;
    if (rows)
        sqlite3_bind_text(rows, 1, experiment, -1, SQLITE_TRANSIENT);
    free(list);
    words_free(&columns);
    return rows;
}

static bool write_table(struct store *store, const struct schema_table *table,
                        const char *experiment, const char *path, struct fault *fault) {
    sqlite3_stmt *rows = rows_of(store, table, experiment, fault);
    if (!rows)
        return false;
    FILE *file = fopen(path, "wb");
    if (!file) {
        sqlite3_finalize(rows);
        return fault_set(fault, "%s: %s", path, strerror(errno));
    }

    for (int i = 0; i < sqlite3_column_count(rows); i++)
        csv_write(file, sqlite3_column_name(rows, i), i == 0);
    csv_end(file);
    int result;
    while ((result = sqlite3_step(rows)) == SQLITE_ROW)
        write_row(file, rows);
    bool good =
        result == SQLITE_DONE || fault_set(fault, "%s", sqlite3_errmsg(store_database(store)));
    sqlite3_finalize(rows);
    bool written = !ferror(file);
    written = fclose(file) == 0 && written;
    return good && (written || fault_set(fault, "%s: cannot be written", path));
}

/* Makes a directory and those above it; one that is there is fine. */
static bool make_directories(const char *path, struct fault *fault) {
    char *part = need_copy(path);
    for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(part, 0777);
        *slash = '/';
    }
    free(part);
    return mkdir(path, 0777) == 0 || errno == EEXIST ||
           fault_set(fault, "%s: %s", path, strerror(errno));
}

/* True if the directory holds the export of another experiment. */
static bool taken(const char *directory, const char *experiment) {
    char *path = need_format("%s/experiment.csv", directory);
    FILE *file = fopen(path, "rb");
    free(path);
    if (!file)
        return false;
    struct csv_record record = {0};
    bool other = csv_read(file, &record) == 1 && csv_read(file, &record) == 1 &&
                 (!record.field[0] || strcmp(record.field[0], experiment) != 0);
    csv_free(&record);
    fclose(file);
    return other;
}

/* What the export is called below `parent`; the caller frees it.  NULL if the experiment is not
 * finished. */
static char *name_of(struct store *store, const char *experiment, const char *parent,
                     struct fault *fault) {
    sqlite3_stmt *row = store_statement(
        store, fault, "SELECT name FROM experiment WHERE id = ?1 AND status = 'finished'");
    if (!row)
        return NULL;
    sqlite3_bind_text(row, 1, experiment, -1, SQLITE_TRANSIENT);
    char *called = NULL;
    if (sqlite3_step(row) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(row, 0);
        called = need_copy(name ? name : experiment);
    } else {
        fault_set(fault, "EXPERIMENT=%s: is not finished", experiment);
    }
    sqlite3_finalize(row);
    if (called && (!word_is_name(called) || !word_is_name(experiment))) {
        fault_set(fault, "experiment %s, called %s: no directory can be called so", experiment,
                  called);
        free(called);
        return NULL;
    }
    char *directory = called ? need_format("%s/%s", parent, called) : NULL;
    if (directory && taken(directory, experiment)) {
        char *longer = need_format("%s-%s", called, experiment);
        free(called);
        called = longer;
    }
    free(directory);
    return called;
}

/* ---- The whole ---- */

/* Calls `what` with the path of each file of an export here and, where it is to be, there; stops
 * when that fails. */
static bool each_file(bool (*what)(const char *here, const char *there, struct fault *fault),
                      const char *here, const char *there, struct fault *fault) {
    bool good = true;
    for (size_t i = 0; good && i <= SCHEMA_TABLES; i++) {
        char *file =
            i < SCHEMA_TABLES ? need_format("%s.csv", schema_tables[i].name) : need_copy(MANIFEST);
        char *from = need_format("%s/%s", here, file), *to = need_format("%s/%s", there, file);
        good = what(from, to, fault);
        free(file);
        free(from);
        free(to);
    }
    return good;
}

static bool move_file(const char *from, const char *to, struct fault *fault) {
    return rename(from, to) == 0 || fault_set(fault, "%s: %s", to, strerror(errno));
}

static bool remove_file(const char *from, const char *to, struct fault *fault) {
    (void)to, (void)fault;
    unlink(from);
    return true;
}

/* Writes the files beside where they are to be, and moves them there when they are whole. */
static bool write_files(struct store *store, const char *experiment, const char *part,
                        const char *directory, struct fault *fault) {
    bool good = make_directories(part, fault);
    for (size_t i = 0; good && i < SCHEMA_TABLES; i++) {
        char *path = need_format("%s/%s.csv", part, schema_tables[i].name);
        good = write_table(store, &schema_tables[i], experiment, path, fault);
        free(path);
    }
    good = good && manifest_write(part, fault) && make_directories(directory, fault) &&
           each_file(move_file, part, directory, fault);
    if (!good)
        each_file(remove_file, part, directory, fault);
    rmdir(part);
    return good;
}

char *export_experiment(struct store *store, const char *beginning, const char *parent,
                        struct fault *fault) {
    char *experiment =
        store_check(store, fault) ? store_find_experiment(store, beginning, fault) : NULL;
    char *name = experiment ? name_of(store, experiment, parent, fault) : NULL;
    char *directory = NULL;
    if (name) {
        /* No experiment's name begins with a dot. */
        char *part = need_format("%s/.%s.part", parent, name);
        directory = need_format("%s/%s", parent, name);
        if (!write_files(store, experiment, part, directory, fault)) {
            free(directory);
            directory = NULL;
        }
        free(part);
    }
    free(name);
    free(experiment);
    return directory;
}
