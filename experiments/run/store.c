/* store.c - see store.h. */
#define _DEFAULT_SOURCE 1
#include "store.h"

#include "clock.h"
#include "digest.h"
#include "need.h"
#include "schedule.h"
#include "schema.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

struct store {
    char *path;
    sqlite3 *database;
};

/* ---- Statements ---- */

static bool broken(struct store *store, struct fault *fault) {
    bool damaged = sqlite3_errcode(store->database) == SQLITE_CORRUPT;
    return fault_set(fault, "STORE=%s: %s%s", store->path, damaged ? "it is damaged: " : "",
                     sqlite3_errmsg(store->database));
}

/* Prepares a statement and binds ?1, ?2, ... by `types`, a letter for each: t text (NULL is stored
 * as such), i int64_t (-1 is stored as NULL), d double (NAN is stored as NULL).  NULL after a
 * fault. */
static sqlite3_stmt *prepare(struct store *store, struct fault *fault, const char *sql,
                             const char *types, va_list values) {
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(store->database, sql, -1, &statement, NULL) != SQLITE_OK) {
        broken(store, fault);
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

static sqlite3_stmt *query(struct store *store, struct fault *fault, const char *sql,
                           const char *types, ...) {
    va_list values;
    va_start(values, types);
    sqlite3_stmt *statement = prepare(store, fault, sql, types, values);
    va_end(values);
    return statement;
}

/* Runs a statement whose rows, if it has any, are of no interest. */
static bool execute(struct store *store, struct fault *fault, const char *sql, const char *types,
                    ...) {
    va_list values;
    va_start(values, types);
    sqlite3_stmt *statement = prepare(store, fault, sql, types, values);
    va_end(values);
    if (!statement)
        return false;
    int result = sqlite3_step(statement);
    bool good = result == SQLITE_DONE || result == SQLITE_ROW || broken(store, fault);
    sqlite3_finalize(statement);
    return good;
}

/* The first column of the first row, which the caller frees; NULL, with an empty fault line, if
 * there is none. */
static char *ask(struct store *store, struct fault *fault, const char *sql, const char *types,
                 ...) {
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
        broken(store, fault);
    sqlite3_finalize(statement);
    return text;
}

sqlite3_stmt *store_statement(struct store *store, struct fault *fault, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    char *sql = sqlite3_vmprintf(format, arguments);
    va_end(arguments);
    sqlite3_stmt *statement = query(store, fault, sql, "");
    sqlite3_free(sql);
    return statement;
}

/* ---- Opening ---- */

/* The number of tables of a store that a database has; -1 after a fault. */
static int count_tables(struct store *store, struct fault *fault) {
    int count = 0;
    for (const struct schema_table *table = schema_tables; table->name; table++) {
        char *name =
            ask(store, fault, "SELECT name FROM sqlite_master WHERE type = 'table' AND name = ?1",
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
    char *version = ask(store, fault, "PRAGMA user_version", "");
    if (!version)
        return false;
    int found = atoi(version);
    free(version);
    char *any = ask(store, fault, "SELECT name FROM sqlite_master LIMIT 1", "");
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
    char *version = ask(store, fault, "PRAGMA user_version", "");
    char *tables = version ? ask(store, fault, "SELECT count(*) FROM sqlite_schema", "") : NULL;
    bool good = tables != NULL;
    if (good && strcmp(version, "0") == 0) {
        good =
            strcmp(tables, "0") == 0 ||
            fault_set(fault, "STORE=%s: this database is not a store of experiments", store->path);
        for (size_t i = 0; good && schema[i]; i++)
            good = execute(store, fault, schema[i], "");
        char *stamp = need_format("PRAGMA user_version = %d", SCHEMA_VERSION);
        good = good && execute(store, fault, stamp, "");
        free(stamp);
    }
    free(tables);
    free(version);
    return store_end(store, good, fault);
}

/* Looks at every page, by one of SQLite's checks. */
static bool check_pages(struct store *store, const char *check, struct fault *fault) {
    char *said = ask(store, fault, check, "");
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
           execute(store, fault, "PRAGMA foreign_keys = ON", "") &&
           (!empty || make_tables(store, fault)) &&
           execute(store, fault, "PRAGMA journal_mode = WAL", "") &&
           execute(store, fault, "PRAGMA synchronous = NORMAL", "");
}

static struct store *open_store(const char *path, int flags, struct fault *fault) {
    struct store *store = need_zeroed(1, sizeof *store);
    *store = (struct store){.path = need_copy(path)};
    bool good =
        sqlite3_open_v2(path, &store->database, flags, NULL) == SQLITE_OK || broken(store, fault);
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

/* Asked before anything is written. */
static bool check_there(struct store *store, struct fault *fault) {
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
    return check_there(store, fault) && execute(store, fault, "BEGIN IMMEDIATE", "");
}

bool store_end(struct store *store, bool good, struct fault *fault) {
    if (good && execute(store, fault, "COMMIT", ""))
        return true;
    struct fault ignored;
    execute(store, &ignored, "ROLLBACK", "");
    return false;
}

/* ---- Experiments ---- */

static const char *or_null(const char *text) {
    return text[0] ? text : NULL;
}

char *experiment_family(const struct experiment *e) {
    char *all = need_format("%s|%s|%s|%s|%s|%d|%s", e->name ? e->name : "", e->plan_digest,
                            e->builds_digest, e->machine->kind, e->source->commit,
                            (int)e->source->dirty, e->source->diff);
    char *family = need_format("%.12s-", digest_text(all).hex);
    free(all);
    return family;
}

char *store_find_unfinished(struct store *store, const struct experiment *e, struct fault *fault) {
    char *family = experiment_family(e);
    char *id = ask(store, fault,
                   "SELECT id FROM experiment WHERE status <> 'finished'"
                   " AND substr(id, 1, length(?1)) = ?1 ORDER BY started DESC",
                   "t", family);
    free(family);
    return id;
}

char *store_find_experiment(struct store *store, const char *beginning, struct fault *fault) {
    /* One that is called so wholly comes first, and is meant even if others begin with it. */
    sqlite3_stmt *rows = query(store, fault,
                               "SELECT id FROM experiment WHERE substr(id, 1, length(?1)) = ?1"
                               " AND ?1 <> '' ORDER BY length(id), id",
                               "t", beginning);
    if (!rows)
        return NULL;
    struct words ids = {0};
    int result;
    while ((result = sqlite3_step(rows)) == SQLITE_ROW)
        words_add(&ids, (const char *)sqlite3_column_text(rows, 0));
    char *id = NULL;
    if (result != SQLITE_DONE) {
        broken(store, fault);
    } else if (ids.count == 0) {
        fault_set(fault, "EXPERIMENT=%s: no experiment in the store is called so", beginning);
    } else if (ids.count == 1 || strcmp(ids.word[0], beginning) == 0) {
        id = need_copy(ids.word[0]);
    } else {
        char *all = words_join(&ids, ", ");
        fault_set(fault, "EXPERIMENT=%s: %zu experiments begin so: %s", beginning, ids.count, all);
        free(all);
    }
    sqlite3_finalize(rows);
    words_free(&ids);
    return id;
}

/* 9f86d081884c-2: what it is, and how many of it the store has with this one.  The caller frees it;
 * NULL after a fault. */
static char *new_id(struct store *store, const struct experiment *e, struct fault *fault) {
    char *family = experiment_family(e);
    char *number = ask(store, fault,
                       "SELECT 1 + max(ifnull(max(CAST(substr(id, length(?1) + 1) AS INTEGER)), 0),"
                       " 0) FROM experiment WHERE substr(id, 1, length(?1)) = ?1",
                       "t", family);
    char *id = number ? need_format("%s%s", family, number) : NULL;
    free(family);
    free(number);
    return id;
}

static bool add_machine(struct store *store, const struct machine *m, struct fault *fault) {
    return execute(store, fault,
                   "INSERT INTO machine (id, cpu, cores, memory_bytes, os, kernel, page_size, thp,"
                   " hardware_counters, software_counters, virtualised, caches)"
                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"
                   " ON CONFLICT DO NOTHING",
                   "ttiittitttit", m->id, m->cpu, m->cores, m->memory_bytes, m->os, m->kernel,
                   m->page_size, m->thp, m->hardware_counters, m->software_counters,
                   (int64_t)m->virtualised, m->caches);
}

char *store_add_experiment(struct store *store, const struct experiment *e, struct fault *fault) {
    struct clock_text started = clock_now();
    char *id = new_id(store, e, fault);
    bool good = id && store_begin(store, fault) &&
                store_end(store,
                          add_machine(store, e->machine, fault) &&
                              execute(store, fault,
                                      "INSERT INTO experiment (id, name, settings, plan_digest,"
                                      " builds_digest, planned, machine, source_commit, dirty,"
                                      " diff_digest, started, status) VALUES"
                                      " (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 'running')",
                                      "tttttittitt", id, e->name, e->settings, e->plan_digest,
                                      e->builds_digest, (int64_t)e->planned, e->machine->id,
                                      or_null(e->source->commit), (int64_t)e->source->dirty,
                                      or_null(e->source->diff), started.text),
                          fault);
    if (good)
        return id;
    free(id);
    return NULL;
}

bool store_set_status(struct store *store, const char *experiment, const char *status,
                      struct fault *fault) {
    bool finished = strcmp(status, "finished") == 0;
    return check_there(store, fault) &&
           execute(store, fault, "UPDATE experiment SET status = ?2, finished = ?3 WHERE id = ?1",
                   "ttt", experiment, status, finished ? clock_now().text : NULL);
}

bool store_each_like(struct store *store, const struct experiment *e, const char *id,
                     bool (*visit)(const struct stored_experiment *stored, void *context),
                     void *context, struct fault *fault) {
    sqlite3_stmt *rows =
        query(store, fault,
              "SELECT id, settings, builds_digest, status, (SELECT count(*) FROM run WHERE"
              " run.experiment = experiment.id AND run.status = 'ok') FROM experiment"
              " WHERE machine = ?1"
              " AND source_commit IS ?2 AND dirty = ?3 AND diff_digest IS ?4"
              " AND iif(?5 IS NULL, name IS ?6, id = ?5) ORDER BY started DESC, id DESC",
              "ttittt", e->machine->id, or_null(e->source->commit), (int64_t)e->source->dirty,
              or_null(e->source->diff), id, e->name);
    if (!rows)
        return false;
    int result;
    bool enough = false;
    while (!enough && (result = sqlite3_step(rows)) == SQLITE_ROW) {
        const char *text[4];
        for (int i = 0; i < 4; i++)
            text[i] = (const char *)sqlite3_column_text(rows, i);
        enough = visit(&(struct stored_experiment){.id = text[0],
                                                   .settings = text[1],
                                                   .builds_digest = text[2],
                                                   .finished = strcmp(text[3], "finished") == 0,
                                                   .good = (size_t)sqlite3_column_int64(rows, 4)},
                       context);
    }
    sqlite3_finalize(rows);
    return enough || result == SQLITE_DONE || broken(store, fault);
}

char *store_settings(struct store *store, const char *experiment, struct fault *fault) {
    return ask(store, fault, "SELECT settings FROM experiment WHERE id = ?1", "t", experiment);
}

bool store_extend(struct store *store, const char *id, const struct experiment *longer,
                  struct fault *fault) {
    return execute(store, fault,
                   "UPDATE experiment SET settings = ?2, plan_digest = ?3, planned = ?4,"
                   " status = 'running', finished = NULL"
                   " WHERE id = ?1",
                   "ttti", id, longer->settings, longer->plan_digest, (int64_t)longer->planned);
}

/* ---- Runs ---- */

bool store_add_build(struct store *store, const struct recipe *recipe, const struct build *build,
                     struct fault *fault) {
    char *identity = text_without_paths(build->identity);
    bool good =
        execute(store, fault,
                "INSERT INTO build (id, program, variant, composition, hash, key, compiler,"
                " cflags, identity, binary_digest) VALUES"
                " (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"
                " ON CONFLICT DO NOTHING",
                "tttttttttt", build->id, build->program, recipe->label, build->composition,
                build->hash, build->key, build->compiler, build->cflags, identity, build->binary);
    free(identity);
    return good;
}

/* Stores the cell that a run is of, if it is new; one of its number that is there is the same. */
static bool add_cell(struct store *store, const struct run *run, struct fault *fault) {
    static const char *const statements[] = {
        "INSERT INTO cell (experiment, cell, build, op, pattern, scale, allocator_asked, "
        "parameters,"
        " plan_seed) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT DO NOTHING",
        "SELECT 1 FROM cell WHERE experiment = ?1 AND cell = ?2 AND build = ?3 AND op = ?4 AND"
        " pattern = ?5 AND scale = ?6 AND allocator_asked = ?7 AND parameters = ?8 AND"
        " plan_seed = ?9"};
    const struct cell *cell = &run->plan->cells[run->slot->cell];
    const struct group *group = &run->plan->groups[cell->group];
    char *parameters = build_parameters(run->build, cell->parameters), *same = NULL;
    fault->line[0] = '\0';
    for (size_t i = 0; i < 2 && !same && !fault->line[0]; i++)
        same = ask(store, fault, statements[i], "titttitti", run->experiment,
                   (int64_t)run->slot->cell, run->build->id, group->op, group->pattern,
                   (int64_t)group->scale, cell->allocator_label, parameters, (int64_t)group->seed);
    if (!same && !fault->line[0])
        fault_set(fault, "STORE=%s: cell %zu of experiment %s is another one there", store->path,
                  run->slot->cell, run->experiment);
    free(parameters);
    free(same);
    return fault->line[0] == '\0';
}

static bool add_values(struct store *store, const struct run *run,
                       const struct replicate *replicate, struct fault *fault) {
    for (size_t i = 0; i < replicate->value_count; i++)
        if (!execute(store, fault,
                     "INSERT INTO value (experiment, slot, name, value) VALUES (?1, ?2, ?3, ?4)",
                     "titd", run->experiment, (int64_t)run->slot_number, replicate->values[i].name,
                     replicate->values[i].number))
            return false;
    return true;
}

static bool add_samples(struct store *store, const struct run *run,
                        const struct replicate *replicate, struct fault *fault) {
    for (size_t i = 0; i < replicate->sample_count; i++) {
        const struct sample *sample = &replicate->samples[i];
        if (!execute(store, fault,
                     "INSERT INTO sample (experiment, slot, number, ns_per_op, ops, repeats)"
                     " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                     "tiidii", run->experiment, (int64_t)run->slot_number, (int64_t)i,
                     sample->ns_per_op, sample->ops, sample->repeats))
            return false;
    }
    return true;
}

/* Deletes what the slot gave before, if that was no good run. */
static bool clear_slot(struct store *store, const struct run *run, struct fault *fault) {
    static const char *const tables[] = {"sample", "value", "run"};
    bool good = true;
    for (size_t i = 0; good && i < sizeof tables / sizeof *tables; i++) {
        char *sql = need_format("DELETE FROM %s WHERE experiment = ?1 AND slot = ?2 AND slot IN"
                                " (SELECT slot FROM run WHERE experiment = ?1 AND status <> 'ok')",
                                tables[i]);
        good = execute(store, fault, sql, "ti", run->experiment, (int64_t)run->slot_number);
        free(sql);
    }
    return good;
}

static bool add_tree(struct store *store, const struct tree_id *id, const char *shape,
                     struct fault *fault) {
    return !shape || execute(store, fault,
                             "INSERT INTO tree (digest, shape) VALUES (?1, ?2)"
                             " ON CONFLICT DO NOTHING",
                             "tt", id->hex, shape);
}

bool store_add_run(struct store *store, const struct run *run, const struct replicate *replicate,
                   struct fault *fault) {
    const struct slot *slot = run->slot;
    struct tree_id tree = replicate->tree ? tree_id(replicate->tree) : (struct tree_id){""};
    char *detail = text_without_paths(replicate->detail);

    if (!store_begin(store, fault)) {
        free(detail);
        return false;
    }
    bool good =
        clear_slot(store, run, fault) && add_machine(store, run->machine, fault) &&
        add_cell(store, run, fault) && add_tree(store, &tree, replicate->tree, fault) &&
        execute(store, fault,
                "INSERT INTO run (experiment, slot, cell, block, position, seed, hash_seed, status,"
                " detail, allocator, seconds, peak_rss_bytes, bytes_per_entry, rss_per_entry,"
                " checksum, tree, started, machine) VALUES"
                " (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17,"
                " (SELECT nullif(?18, machine) FROM experiment WHERE id = ?1))",
                "tiiiiiitttdiddtttt", run->experiment, (int64_t)run->slot_number,
                (int64_t)slot->cell, (int64_t)slot->block, (int64_t)slot->position,
                (int64_t)run->trace_seed, replicate->hash_seed,
                replicate_status_name(replicate->status), detail, replicate->allocator,
                replicate->seconds, replicate->peak_rss_bytes, replicate->bytes_per_entry,
                replicate->rss_per_entry, replicate->checksum, or_null(tree.hex),
                or_null(replicate->started), run->machine->id) &&
        add_samples(store, run, replicate, fault) && add_values(store, run, replicate, fault);
    free(detail);
    return store_end(store, good, fault);
}

bool store_mark_wrong(struct store *store, const char *experiment, size_t slot, const char *detail,
                      struct fault *fault) {
    return execute(store, fault,
                   "UPDATE run SET status = 'wrong', detail = ?3"
                   " WHERE experiment = ?1 AND slot = ?2",
                   "tit", experiment, (int64_t)slot, detail);
}

bool store_each_run(struct store *store, const char *experiment, size_t first, size_t last,
                    void (*visit)(const struct stored_run *run, void *context), void *context,
                    struct fault *fault) {
    sqlite3_stmt *rows = query(store, fault,
                               "SELECT slot, status, detail, checksum, seconds FROM run"
                               " WHERE experiment = ?1 AND slot BETWEEN ?2 AND ?3 ORDER BY slot",
                               "tii", experiment, (int64_t)first, (int64_t)last);
    if (!rows)
        return false;
    int result;
    while ((result = sqlite3_step(rows)) == SQLITE_ROW) {
        const char *status = (const char *)sqlite3_column_text(rows, 1);
        visit(&(struct stored_run){.slot = (size_t)sqlite3_column_int64(rows, 0),
                                   .status = replicate_status_find(status),
                                   .detail = (const char *)sqlite3_column_text(rows, 2),
                                   .checksum = (const char *)sqlite3_column_text(rows, 3),
                                   .seconds = sqlite3_column_double(rows, 4)},
              context);
    }
    sqlite3_finalize(rows);
    return result == SQLITE_DONE || broken(store, fault);
}

bool store_each_cell(struct store *store,
                     void (*visit)(const struct stored_cell *cell, void *context), void *context,
                     struct fault *fault) {
    sqlite3_stmt *rows =
        query(store, fault,
              "SELECT variant, hash, key, op, pattern, allocator_asked, scale, avg(seconds),"
              " avg(samples * iif(parameters || ' ' LIKE '%" TURNS_PARAMETER "=warm %', 2, 1)),"
              " ifnull(max(peak_rss_bytes), 0) FROM process"
              " JOIN (SELECT experiment, slot, count(*) AS samples FROM sample GROUP BY 1, 2)"
              " USING (experiment, slot) WHERE status = 'ok' GROUP BY 1, 2, 3, 4, 5, 6, 7",
              "");
    if (!rows)
        return false;
    int result;
    while ((result = sqlite3_step(rows)) == SQLITE_ROW) {
        const char *text[6];
        for (int i = 0; i < 6; i++)
            text[i] = (const char *)sqlite3_column_text(rows, i);
        visit(&(struct stored_cell){.variant = text[0],
                                    .hash = text[1],
                                    .key = text[2],
                                    .op = text[3],
                                    .pattern = text[4],
                                    .allocator = text[5],
                                    .scale = (uint64_t)sqlite3_column_int64(rows, 6),
                                    .seconds = sqlite3_column_double(rows, 7),
                                    .repetitions = sqlite3_column_double(rows, 8),
                                    .peak_rss_bytes = sqlite3_column_double(rows, 9)},
              context);
    }
    sqlite3_finalize(rows);
    return result == SQLITE_DONE || broken(store, fault);
}
