/* export.c - see export.h. */
#define _DEFAULT_SOURCE 1
#include "export.h"

#include "csv.h"
#include "need.h"
#include "schema.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* A statement made by printf; NULL after a fault. */
__attribute__((format(printf, 3, 4))) static sqlite3_stmt *
prepare(struct store *store, struct fault *fault, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    char *sql = sqlite3_vmprintf(format, arguments);
    va_end(arguments);
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(store_database(store), sql, -1, &statement, NULL) != SQLITE_OK)
        fault_set(fault, "%s", sqlite3_errmsg(store_database(store)));
    sqlite3_free(sql);
    return statement;
}

/* ---- Out of the store ---- */

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
        prepare(store, fault, "SELECT * FROM %s %s", table->name, table->of_experiment);
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

/* Where the export is to go; the caller frees it.  NULL if there is no such finished experiment. */
static char *destination(struct store *store, const char *experiment, const char *parent,
                         struct fault *fault) {
    sqlite3_stmt *row =
        prepare(store, fault, "SELECT name FROM experiment WHERE id = ?1 AND status = 'finished'");
    if (!row)
        return NULL;
    sqlite3_bind_text(row, 1, experiment, -1, SQLITE_TRANSIENT);
    char *directory = NULL;
    if (sqlite3_step(row) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(row, 0);
        directory = need_format("%s/%s", parent, name ? name : experiment);
        if (taken(directory, experiment)) {
            free(directory);
            directory = need_format("%s/%s-%s", parent, name, experiment);
        }
    } else {
        fault_set(fault, "%s: no finished experiment in the store is called so", experiment);
    }
    sqlite3_finalize(row);
    return directory;
}

char *export_experiment(struct store *store, const char *experiment, const char *parent,
                        struct fault *fault) {
    char *directory = destination(store, experiment, parent, fault);
    if (!directory)
        return NULL;
    bool good = make_directories(directory, fault);
    for (const struct schema_table *table = schema_tables; good && table->name; table++) {
        char *path = need_format("%s/%s.csv", directory, table->name);
        good = write_table(store, table, experiment, path, fault);
        free(path);
    }
    if (good)
        return directory;
    free(directory);
    return NULL;
}

/* ---- Into the store ---- */

static bool plain_names(const struct csv_record *header) {
    for (size_t i = 0; i < header->count; i++)
        if (!header->field[i] ||
            strspn(header->field[i], "abcdefghijklmnopqrstuvwxyz_") != strlen(header->field[i]))
            return false;
    return true;
}

/* An INSERT for the columns of the header, and a bool for each column: is it REAL?  (SQLite's own
 * way from text to floating point need not give the nearest number back, so that is done here.) */
static sqlite3_stmt *prepare_insert(struct store *store, const char *table,
                                    const struct csv_record *header, bool *real,
                                    struct fault *fault) {
    const struct words columns = {.word = header->field, .count = header->count};
    struct words places = {0};
    char *names = words_join(&columns, ", ");
    sqlite3_stmt *look = prepare(store, fault, "SELECT %s FROM %s", names, table);
    for (size_t i = 0; look && i < header->count; i++) {
        const char *type = sqlite3_column_decltype(look, (int)i);
        real[i] = type && strcmp(type, "REAL") == 0;
        words_add(&places, "?");
    }
    char *marks = words_join(&places, ", ");
    sqlite3_stmt *insert =
        look ? prepare(store, fault, "INSERT INTO %s (%s) VALUES (%s) ON CONFLICT DO NOTHING",
                       table, names, marks)
             : NULL;
    sqlite3_finalize(look);
    words_free(&places);
    free(marks);
    free(names);
    return insert;
}

static bool insert_record(struct store *store, sqlite3_stmt *insert,
                          const struct csv_record *record, const bool *real, struct fault *fault) {
    sqlite3_reset(insert);
    for (size_t i = 0; i < record->count; i++) {
        const char *text = record->field[i];
        char *end = NULL;
        double number = real[i] && text ? strtod(text, &end) : 0;
        if (!text)
            sqlite3_bind_null(insert, (int)i + 1);
        else if (real[i] && end != text && *end == '\0')
            sqlite3_bind_double(insert, (int)i + 1, number);
        else /* whole numbers too: the column's type makes them numbers, or says what is wrong */
            sqlite3_bind_text(insert, (int)i + 1, text, -1, SQLITE_TRANSIENT);
    }
    return sqlite3_step(insert) == SQLITE_DONE ||
           fault_set(fault, "%s", sqlite3_errmsg(store_database(store)));
}

static bool read_table(struct store *store, const char *table, FILE *file, struct fault *fault) {
    struct csv_record header = {0}, record = {0};
    bool good = (csv_read(file, &header) == 1 && plain_names(&header)) ||
                fault_set(fault, "the first line does not name the columns");
    bool *real = need_zeroed(header.count, sizeof *real);
    sqlite3_stmt *insert = good ? prepare_insert(store, table, &header, real, fault) : NULL;
    good = insert != NULL;
    size_t number = 1;
    for (int result = 1; good && (result = csv_read(file, &record)) != 0;) {
        number++;
        struct fault inner;
        if (result < 0)
            good = fault_set(&inner, "is not CSV");
        else if (record.count != header.count)
            good = fault_set(&inner, "%zu fields where there are %zu columns", record.count,
                             header.count);
        else
            good = insert_record(store, insert, &record, real, &inner);
        if (!good)
            fault_set(fault, "record %zu: %.800s", number, inner.line);
    }
    sqlite3_finalize(insert);
    free(real);
    csv_free(&header);
    csv_free(&record);
    return good;
}

bool export_import(struct store *store, const char *directory, struct fault *fault) {
    if (!store_begin(store, fault))
        return false;
    bool good = true;
    for (const struct schema_table *table = schema_tables; good && table->name; table++) {
        char *path = need_format("%s/%s.csv", directory, table->name);
        FILE *file = fopen(path, "rb");
        struct fault inner;
        good = file ? read_table(store, table->name, file, &inner)
                    : fault_set(&inner, "%s", strerror(errno));
        if (!good)
            fault_set(fault, "%s: %.800s", path, inner.line);
        if (file)
            fclose(file);
        free(path);
    }
    return store_end(store, good, fault);
}
