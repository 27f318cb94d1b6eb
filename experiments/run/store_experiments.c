/* store_experiments.c - see store.h: experiments and the machines that they ran on. */
#define _DEFAULT_SOURCE 1
#include "store_inside.h"

#include "clock.h"
#include "digest.h"
#include "need.h"

#include <stdlib.h>
#include <string.h>

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
    char *id = store_ask(store, fault,
                         "SELECT id FROM experiment WHERE status <> 'finished'"
                         " AND substr(id, 1, length(?1)) = ?1 ORDER BY started DESC",
                         "t", family);
    free(family);
    return id;
}

char *store_find_experiment(struct store *store, const char *beginning, struct fault *fault) {
    /* One that is called so wholly comes first, and is meant even if others begin with it. */
    sqlite3_stmt *rows =
        store_query(store, fault,
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
        store_broken(store, fault);
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
    char *number =
        store_ask(store, fault,
                  "SELECT 1 + max(ifnull(max(CAST(substr(id, length(?1) + 1) AS INTEGER)), 0),"
                  " 0) FROM experiment WHERE substr(id, 1, length(?1)) = ?1",
                  "t", family);
    char *id = number ? need_format("%s%s", family, number) : NULL;
    free(family);
    free(number);
    return id;
}

bool store_add_machine(struct store *store, const struct machine *m, struct fault *fault) {
    return store_execute(
        store, fault,
        "INSERT INTO machine (id, cpu, cores, memory_bytes, os, kernel, page_size, thp,"
        " hardware_counters, software_counters, virtualised, caches)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"
        " ON CONFLICT DO NOTHING",
        "ttiittitttit", m->id, m->cpu, m->cores, m->memory_bytes, m->os, m->kernel, m->page_size,
        m->thp, m->hardware_counters, m->software_counters, (int64_t)m->virtualised, m->caches);
}

char *store_add_experiment(struct store *store, const struct experiment *e, struct fault *fault) {
    struct clock_text started = clock_now();
    char *id = new_id(store, e, fault);
    bool good =
        id && store_begin(store, fault) &&
        store_end(store,
                  store_add_machine(store, e->machine, fault) &&
                      store_execute(store, fault,
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
    return store_check_there(store, fault) &&
           store_execute(store, fault,
                         "UPDATE experiment SET status = ?2, finished = ?3 WHERE id = ?1", "ttt",
                         experiment, status, finished ? clock_now().text : NULL);
}

bool store_each_like(struct store *store, const struct experiment *e, const char *id,
                     bool (*visit)(const struct stored_experiment *stored, void *context),
                     void *context, struct fault *fault) {
    sqlite3_stmt *rows =
        store_query(store, fault,
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
    return enough || result == SQLITE_DONE || store_broken(store, fault);
}

char *store_settings(struct store *store, const char *experiment, struct fault *fault) {
    return store_ask(store, fault, "SELECT settings FROM experiment WHERE id = ?1", "t",
                     experiment);
}

bool store_extend(struct store *store, const char *id, const struct experiment *longer,
                  struct fault *fault) {
    return store_execute(store, fault,
                         "UPDATE experiment SET settings = ?2, plan_digest = ?3, planned = ?4,"
                         " status = 'running', finished = NULL"
                         " WHERE id = ?1",
                         "ttti", id, longer->settings, longer->plan_digest,
                         (int64_t)longer->planned);
}
