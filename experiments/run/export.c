/* export.c - see export.h. */
#define _DEFAULT_SOURCE 1
#include "export.h"

#include "csv.h"
#include "digest.h"
#include "figures.h"
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

/* What a row has in a column, NULL if nothing; the caller frees it. */
static char *field_of(sqlite3_stmt *row, int column) {
    return sqlite3_column_type(row, column) == SQLITE_FLOAT
               ? shortest(sqlite3_column_double(row, column))
               : need_copy((const char *)sqlite3_column_text(row, column));
}

static bool write_row(FILE *file, sqlite3_stmt *row) {
    for (int i = 0; i < sqlite3_column_count(row); i++) {
        char *field = field_of(row, i);
        csv_write(file, field, i == 0);
        free(field);
    }
    csv_end(file);
    return true;
}

/* Writes a tree, of which the first column is the digest.  False if its figures do not make it up.
 */
static bool write_figures(FILE *file, sqlite3_stmt *row, struct fault *fault) {
    struct words names = {0}, fields = {0};
    for (int i = 0; i < sqlite3_column_count(row); i++) {
        char *field = figure_pack((const char *)sqlite3_column_text(row, i));
        csv_write(file, field, i == 0);
        words_add(&names, sqlite3_column_name(row, i));
        words_add(&fields, field);
        free(field);
    }
    csv_end(file);
    char *json = figures_json(names.word + 1, fields.word + 1, names.count - 1);
    const char *digest = fields.word[0];
    bool good = strcmp(tree_id(json).hex, digest) == 0 ||
                fault_set(fault, "tree %s: is not made of numbers and lists of numbers", digest);
    free(json);
    words_free(&names);
    words_free(&fields);
    return good;
}

/* Writes the last column of all rows, after the others where these are not those of the row before.
 * What SQLite said after the last one. */
static int write_series(FILE *file, sqlite3_stmt *row) {
    struct words before = {0};
    int last = sqlite3_column_count(row) - 1, result;
    while ((result = sqlite3_step(row)) == SQLITE_ROW) {
        struct words others = {0};
        for (int i = 0; i < last; i++) {
            const char *number = (const char *)sqlite3_column_text(row, i);
            words_add(&others, number ? number : "");
        }
        if (before.count && words_same(&others, &before)) {
            fputc(' ', file);
        } else {
            char *line = words_join(&others, ",");
            fprintf(file, "%s%s,", before.count ? "\n" : "", line);
            free(line);
        }
        char *number = field_of(row, last);
        fputs(number, file);
        free(number);
        words_free(&before);
        before = others;
    }
    if (before.count)
        csv_end(file);
    words_free(&before);
    return result;
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

/* The digest, and each figure that a tree has, in their order there. */
static bool list_figures(struct words *columns, struct store *store,
                         const struct schema_table *table, const char *experiment,
                         struct fault *fault) {
    char *sql = need_format("SELECT printf('shape -> %%Q AS \"%%w%%s\"', fullkey, "
                            "replace(substr(fullkey, 3), '\"', ''),"
                            " iif(type = 'array', '[]', ''))"
                            " FROM (SELECT shape FROM %s %s), json_tree(shape)"
                            " WHERE type <> 'object' AND instr(fullkey, '[') = 0"
                            " GROUP BY fullkey, type ORDER BY min(json_tree.id)",
                            table->name, table->of_experiment);
    words_add(columns, "digest");
    bool good = collect(columns, store, experiment, sql, fault);
    free(sql);
    return good;
}

/* The columns but for `number`, which tells only the order, with ns_per_op as the last. */
static bool list_series(struct words *columns, struct store *store,
                        const struct schema_table *table, const char *experiment,
                        struct fault *fault) {
    struct words wrong = {0}, all = {0};
    bool good = collect(&wrong, store, experiment,
                        "SELECT slot FROM sample WHERE experiment = ?1 GROUP BY slot"
                        " HAVING max(number) <> count(*) - 1",
                        fault) &&
                list_columns(&all, store, table, experiment, fault);
    if (good && wrong.count)
        good = fault_set(fault, "the samples of run %s are not numbered from 0 on", wrong.word[0]);
    for (size_t i = 0; good && i < all.count; i++)
        if (strcmp(all.word[i], "number") != 0 && strcmp(all.word[i], "ns_per_op") != 0)
            words_add(columns, all.word[i]);
    words_add(columns, "ns_per_op");
    words_free(&wrong);
    words_free(&all);
    return good;
}

/* The statement that gives the rows of a table as they are written; NULL after a fault. */
static sqlite3_stmt *rows_of(struct store *store, const struct schema_table *table,
                             const char *experiment, struct fault *fault) {
    static bool (*const list[])(struct words *, struct store *, const struct schema_table *,
                                const char *, struct fault *) = {[FORM_ROW] = list_columns,
                                                                 [FORM_FIGURES] = list_figures,
                                                                 [FORM_SERIES] = list_series,
                                                                 [FORM_WIDE] = list_names};
    struct words columns = {0};
    bool good = list[table->form](&columns, store, table, experiment, fault);
    char *names = words_join(&columns, ", ");
    sqlite3_stmt *rows =
        good ? store_statement(store, fault, "SELECT %s FROM %s %s%s", names, table->name,
                               table->of_experiment,
                               table->form == FORM_WIDE ? " GROUP BY slot ORDER BY slot" : "")
             : NULL;
    if (rows)
        sqlite3_bind_text(rows, 1, experiment, -1, SQLITE_TRANSIENT);
    free(names);
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
    bool good = true;
    int result = SQLITE_DONE;
    if (table->form == FORM_SERIES)
        result = write_series(file, rows);
    else
        while (good && (result = sqlite3_step(rows)) == SQLITE_ROW)
            good = table->form == FORM_FIGURES ? write_figures(file, rows, fault)
                                               : write_row(file, rows);
    good = good &&
           (result == SQLITE_DONE || fault_set(fault, "%s", sqlite3_errmsg(store_database(store))));
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

bool export_possible(struct fault *fault) {
    enum { OLDEST = 3038000 };
    return sqlite3_libversion_number() >= OLDEST ||
           fault_set(fault, "--export: needs SQLite 3.38 or later, and this is %s",
                     sqlite3_libversion());
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
