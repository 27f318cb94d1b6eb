/* store_runs.c - see store.h: builds, cells, and what each process gave. */
#define _DEFAULT_SOURCE 1
#include "store_inside.h"

#include "digest.h"
#include "need.h"
#include "schedule.h"

#include <stdlib.h>
#include <string.h>

bool store_add_build(struct store *store, const struct recipe *recipe, const struct build *build,
                     struct fault *fault) {
    char *identity = text_without_paths(build->identity);
    bool good = store_execute(
        store, fault,
        "INSERT INTO build (id, program, variant, composition, hash, key, compiler,"
        " cflags, identity, binary_digest) VALUES"
        " (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"
        " ON CONFLICT DO NOTHING",
        "tttttttttt", build->id, build->program, recipe->label, build->composition, build->hash,
        build->key, build->compiler, build->cflags, identity, build->binary);
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
        same = store_ask(store, fault, statements[i], "titttitti", run->experiment,
                         (int64_t)run->slot->cell, run->build->id, group->op, group->pattern,
                         (int64_t)group->scale, cell->allocator_label, parameters,
                         (int64_t)group->seed);
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
        if (!store_execute(
                store, fault,
                "INSERT INTO value (experiment, slot, name, value) VALUES (?1, ?2, ?3, ?4)", "titd",
                run->experiment, (int64_t)run->slot_number, replicate->values[i].name,
                replicate->values[i].number))
            return false;
    return true;
}

static bool add_samples(struct store *store, const struct run *run,
                        const struct replicate *replicate, struct fault *fault) {
    for (size_t i = 0; i < replicate->sample_count; i++) {
        const struct sample *sample = &replicate->samples[i];
        if (!store_execute(store, fault,
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
        good = store_execute(store, fault, sql, "ti", run->experiment, (int64_t)run->slot_number);
        free(sql);
    }
    return good;
}

static bool add_tree(struct store *store, const struct tree_id *id, const char *shape,
                     struct fault *fault) {
    return !shape || store_execute(store, fault,
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
        clear_slot(store, run, fault) && store_add_machine(store, run->machine, fault) &&
        add_cell(store, run, fault) && add_tree(store, &tree, replicate->tree, fault) &&
        store_execute(
            store, fault,
            "INSERT INTO run (experiment, slot, cell, block, position, seed, hash_seed, status,"
            " detail, allocator, seconds, peak_rss_bytes, bytes_per_entry, rss_per_entry,"
            " checksum, tree, started, machine) VALUES"
            " (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17,"
            " (SELECT nullif(?18, machine) FROM experiment WHERE id = ?1))",
            "tiiiiiitttdiddtttt", run->experiment, (int64_t)run->slot_number, (int64_t)slot->cell,
            (int64_t)slot->block, (int64_t)slot->position, (int64_t)run->trace_seed,
            replicate->hash_seed, replicate_status_name(replicate->status), detail,
            replicate->allocator, replicate->seconds, replicate->peak_rss_bytes,
            replicate->bytes_per_entry, replicate->rss_per_entry, replicate->checksum,
            or_null(tree.hex), or_null(replicate->started), run->machine->id) &&
        add_samples(store, run, replicate, fault) && add_values(store, run, replicate, fault);
    free(detail);
    return store_end(store, good, fault);
}

bool store_mark_wrong(struct store *store, const char *experiment, size_t slot, const char *detail,
                      struct fault *fault) {
    return store_execute(store, fault,
                         "UPDATE run SET status = 'wrong', detail = ?3"
                         " WHERE experiment = ?1 AND slot = ?2",
                         "tit", experiment, (int64_t)slot, detail);
}

bool store_each_run(struct store *store, const char *experiment, size_t first, size_t last,
                    void (*visit)(const struct stored_run *run, void *context), void *context,
                    struct fault *fault) {
    sqlite3_stmt *rows =
        store_query(store, fault,
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
    return result == SQLITE_DONE || store_broken(store, fault);
}

bool store_each_cell(struct store *store,
                     void (*visit)(const struct stored_cell *cell, void *context), void *context,
                     struct fault *fault) {
    sqlite3_stmt *rows = store_query(
        store, fault,
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
    return result == SQLITE_DONE || store_broken(store, fault);
}
