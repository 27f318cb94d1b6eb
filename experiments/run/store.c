/* store.c - see store.h: the database.  Its experiments are in store_experiments.c, their runs in
 * store_runs.c. */
#define _DEFAULT_SOURCE 1
#include "store_inside.h"

#include "need.h"
#include "schema.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* ---- Statements ---- */

bool store_broken(struct store *store, struct fault *fault) {
    bool damaged = sqlite3_errcode(store->database) == SQLITE_CORRUPT;
    return fault_set(fault, "STORE=%s: %s%s", store->path, damaged ? "it is damaged: " : "",
                     sqlite3_errmsg(store->database));
}

/* See store_query. */
static sqlite3_stmt *prepare(struct store *store, struct fault *fault, const char *sql,
                             const char *types, va_list values) {
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(store->database, sql, -1, &statement, NULL) != SQLITE_OK) {
        store_broken(store, fault);
        return NULL;
    }
    for (int i = 1; *types; i++, types++) {
        if (*types == 't') {
            sqlite3_bind_text(statement, i, va_arg(values, const char *), -1, SQLITE_TRANSIENT);
        } else if (*types == 'i') {
            int64_t number = va_arg(values, int64_t);
            if (number >= 0)
                sqlite3_bind_int64(statement, i, number);
        } else {
            sqlite3_bind_double(statement, i, va_arg(values, double)); /* NAN becomes NULL */
        }
    }
    return statement;
}

sqlite3_stmt *store_query(struct store *store, struct fault *fault, const char *sql,
                          const char *types, ...) {
    va_list values;
    va_start(values, types);
    sqlite3_stmt *statement = prepare(store, fault, sql, types, values);
    va_end(values);
    return statement;
}

bool store_execute(struct store *store, struct fault *fault, const char *sql, const char *types,
                   ...) {
    va_list values;
    va_start(values, types);
    sqlite3_stmt *statement = prepare(store, fault, sql, types, values);
    va_end(values);
    if (!statement)
        return false;
    int result = sqlite3_step(statement);
    bool good = result == SQLITE_DONE || result == SQLITE_ROW || store_broken(store, fault);
    sqlite3_finalize(statement);
    return good;
}

char *store_ask(struct store *store, struct fault *fault, const char *sql, const char *types, ...) {
    fault->line[0] = '\0';
    va_list values;
    va_start(values, types);
    sqlite3_stmt *statement = prepare(store, fault, sql, types, values);
    va_end(values);
    if (!statement)
        return NULL;
    char *text = NULL;
    int result = sqlite3_step(statement);
    if (result == SQLITE_ROW)
        text = need_copy((const char *)sqlite3_column_text(statement, 0));
    else if (result != SQLITE_DONE)
        store_broken(store, fault);
    sqlite3_finalize(statement);
    return text;
}

sqlite3_stmt *store_statement(struct store *store, struct fault *fault, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    char *sql = sqlite3_vmprintf(format, arguments);
    va_end(arguments);
    sqlite3_stmt *statement = store_query(store, fault, sql, "");
    sqlite3_free(sql);
    return statement;
}

/* ---- Opening ---- */

/* The number of tables of a store that a database has; -1 after a fault. */
static int count_tables(struct store *store, struct fault *fault) {
    int count = 0;
    for (const struct schema_table *table = schema_tables; table->name; table++) {
        char *name = store_ask(store, fault,
                               "SELECT name FROM sqlite_master WHERE type = 'table' AND name = ?1",
                               "t", table->name);
        if (!name && fault->line[0])
            return -1;
        count += name != NULL;
        free(name);
    }
    return count;
}

/* True if the database is empty, or a store that this program knows.  A database of another
 * program is left as it is. */
static bool is_known(struct store *store, bool *empty, struct fault *fault) {
    char *version = store_ask(store, fault, "PRAGMA user_version", "");
    if (!version)
        return false;
    int found = atoi(version);
    free(version);
    char *any = store_ask(store, fault, "SELECT name FROM sqlite_master LIMIT 1", "");
    *empty = found == 0 && !any && fault->line[0] == '\0';
    free(any);
    if (*empty || fault->line[0])
        return *empty;
    int count = count_tables(store, fault);
    if (count < 0)
        return false;
    if (count > 0 && found != SCHEMA_VERSION)
        return fault_set(fault,
                         "STORE=%s: its tables are of version %d%s; this program knows version %d",
                         store->path, found, found > SCHEMA_VERSION ? ", of a newer hamtlab" : "",
                         SCHEMA_VERSION);
    return count == SCHEMA_TABLES ||
           fault_set(fault, "STORE=%s: is the database of another program", store->path);
}

static bool make_tables(struct store *store, struct fault *fault) {
    if (!store_begin(store, fault))
        return false;
    /* Asked again inside the transaction: another process may have been faster. */
    char *version = store_ask(store, fault, "PRAGMA user_version", "");
    char *tables =
        version ? store_ask(store, fault, "SELECT count(*) FROM sqlite_schema", "") : NULL;
    bool good = tables != NULL;
    if (good && strcmp(version, "0") == 0) {
        good =
            strcmp(tables, "0") == 0 ||
            fault_set(fault, "STORE=%s: this database is not a store of experiments", store->path);
        for (size_t i = 0; good && schema[i]; i++)
            good = store_execute(store, fault, schema[i], "");
        char *stamp = need_format("PRAGMA user_version = %d", SCHEMA_VERSION);
        good = good && store_execute(store, fault, stamp, "");
        free(stamp);
    }
    free(tables);
    free(version);
    return store_end(store, good, fault);
}

/* Looks at every page, by one of SQLite's checks. */
static bool check_pages(struct store *store, const char *check, struct fault *fault) {
    char *said = store_ask(store, fault, check, "");
    bool good = said && strcmp(said, "ok") == 0;
    if (said && !good) {
        char *what = last_line(said); /* the first only says in which database */
        fault_set(fault, "STORE=%s: it is damaged: %s", store->path, what);
        free(what);
    }
    free(said);
    return good;
}

static bool prepare_store(struct store *store, struct fault *fault) {
    sqlite3_busy_timeout(store->database, 10000); /* milliseconds */
    bool empty;
    return is_known(store, &empty, fault) && check_pages(store, "PRAGMA quick_check(1)", fault) &&
           store_execute(store, fault, "PRAGMA foreign_keys = ON", "") &&
           (!empty || make_tables(store, fault)) &&
           store_execute(store, fault, "PRAGMA journal_mode = WAL", "") &&
           store_execute(store, fault, "PRAGMA synchronous = NORMAL", "");
}

static struct store *open_store(const char *path, int flags, struct fault *fault) {
    struct store *store = need_zeroed(1, sizeof *store);
    *store = (struct store){.path = need_copy(path)};
    bool good = sqlite3_open_v2(path, &store->database, flags, NULL) == SQLITE_OK ||
                store_broken(store, fault);
    if (good && prepare_store(store, fault))
        return store;
    store_close(store);
    return NULL;
}

struct store *store_open(const char *path, struct fault *fault) {
    return open_store(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, fault);
}

struct store *store_open_present(const char *path, struct fault *fault) {
    fault->line[0] = '\0';
    return access(path, F_OK) == 0 ? open_store(path, SQLITE_OPEN_READWRITE, fault) : NULL;
}

void store_close(struct store *store) {
    if (!store)
        return;
    sqlite3_close(store->database);
    free(store->path);
    free(store);
}

bool store_is_there(struct store *store) {
    int moved = 0;
    sqlite3_file_control(store->database, NULL, SQLITE_FCNTL_HAS_MOVED, &moved);
    return !moved;
}

bool store_check_there(struct store *store, struct fault *fault) {
    return store_is_there(store) ||
           fault_set(fault,
                     "STORE=%s: its file was deleted or replaced while it was written to, and what "
                     "it held is lost",
                     store->path);
}

sqlite3 *store_database(struct store *store) {
    return store->database;
}

bool store_check(struct store *store, struct fault *fault) {
    return check_pages(store, "PRAGMA integrity_check(1)", fault);
}

bool store_claim(const char *path, struct fault *fault) {
    char *lock = need_format("%s-lock", path);
    int descriptor = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    bool good = descriptor >= 0 && flock(descriptor, LOCK_EX | LOCK_NB) == 0;
    if (!good && descriptor >= 0 && errno == EWOULDBLOCK)
        fault_set(fault, "STORE=%s: another experiment is being measured into it", path);
    else if (!good)
        fault_set(fault, "STORE=%s: %s: %s", path, lock, strerror(errno));
    if (!good && descriptor >= 0)
        close(descriptor);
    free(lock);
    return good; /* the descriptor stays open: with it the lock goes, however the process ends */
}

/* ---- Transactions ---- */

bool store_begin(struct store *store, struct fault *fault) {
    return store_check_there(store, fault) && store_execute(store, fault, "BEGIN IMMEDIATE", "");
}

bool store_end(struct store *store, bool good, struct fault *fault) {
    if (good && store_execute(store, fault, "COMMIT", ""))
        return true;
    struct fault ignored;
    store_execute(store, &ignored, "ROLLBACK", "");
    return false;
}
