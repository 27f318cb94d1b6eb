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

static void write_row(FILE *file, sqlite3_stmt *row) {
    for (int i = 0; i < sqlite3_column_count(row); i++) {
        int type = sqlite3_column_type(row, i);
        if (type == SQLITE_FLOAT) {
            char *number = need_format("%.17g", sqlite3_column_double(row, i));
            csv_write(file, number, false, i == 0);
            free(number);
        } else {
            const char *text = (const char *)sqlite3_column_text(row, i);
            csv_write(file, text, type == SQLITE_TEXT, i == 0);
        }
    }
    csv_end(file);
}

static bool write_table(struct store *store, const struct schema_table *table,
                        const char *experiment, const char *path, struct fault *fault) {
    sqlite3_stmt *rows =
        store_statement(store, fault, "SELECT * FROM %s %s", table->name, table->of_experiment);
    if (!rows)
        return false;
    sqlite3_bind_text(rows, 1, experiment, -1, SQLITE_TRANSIENT);
    FILE *file = fopen(path, "wb");
    if (!file) {
        sqlite3_finalize(rows);
        return fault_set(fault, "%s: %s", path, strerror(errno));
    }

    for (int i = 0; i < sqlite3_column_count(rows); i++)
        csv_write(file, sqlite3_column_name(rows, i), false, i == 0);
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
