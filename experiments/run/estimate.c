/* estimate.c - see estimate.h. */
#include "estimate.h"

#include "fit.h"
#include "need.h"
#include "progress.h"

#include <stdlib.h>
#include <string.h>

/* The rule of thumb: for a process; for each entry in each of its samples and in the repetition
 * before them. */
static const double process_seconds = 0.03, process_bytes = 4e6, other_seconds = 0.3;
static const double entry_seconds = 2e-6, entry_bytes = 600;

struct estimate {
    const struct plan *plan;
    struct progress *progress;
    double *bytes; /* of each cell: the most that a process of it had resident; 0: not known */
    size_t known;  /* cells of which the store has runs */
};

static double larger(double a, double b) {
    return a > b ? a : b;
}

/* Of the operation in a process: in its samples, before each of them where that is asked for, and
 * once to begin with. */
static double repetitions(const struct group *group) {
    return (double)group->samples * (group->turns == TURNS_WARM ? 2 : 1) + 1;
}

static bool is_cell(const struct plan *plan, size_t index, const struct stored_cell *stored) {
    const struct cell *cell = &plan->cells[index];
    const struct group *group = &plan->groups[cell->group];
    const struct recipe *recipe = &plan->recipes[cell->recipe];
    return group->scale == stored->scale && strcmp(recipe->label, stored->variant) == 0 &&
           strcmp(recipe->hash, stored->hash) == 0 && strcmp(recipe->key, stored->key) == 0 &&
           strcmp(group->op, stored->op) == 0 && strcmp(group->pattern, stored->pattern) == 0 &&
           strcmp(cell->allocator_label, stored->allocator) == 0;
}

static void learn(const struct stored_cell *stored, void *context) {
    struct estimate *e = context;
    for (size_t i = 0; i < e->plan->cell_count; i++) {
        if (!is_cell(e->plan, i, stored))
            continue;
        const struct group *group = &e->plan->groups[e->plan->cells[i].group];
        progress_known(e->progress, i,
                       stored->seconds * repetitions(group) / (stored->repetitions + 1));
        e->bytes[i] = stored->peak_rss_bytes;
        e->known++;
    }
}

/* Of other cells nothing is known: what their scale counts need not be entries. */
static bool is_map(const struct plan *plan, size_t cell) {
    return strcmp(plan->recipes[plan->cells[cell].recipe].cell, MAP_PROGRAM) == 0;
}

static void use_rule(struct estimate *e) {
    for (size_t i = 0; i < e->plan->cell_count; i++) {
        const struct group *group = &e->plan->groups[e->plan->cells[i].group];
        if (!is_map(e->plan, i))
            progress_known(e->progress, i, other_seconds);
        else
            progress_known(e->progress, i,
                           process_seconds +
                               entry_seconds * (double)group->scale * repetitions(group));
    }
}

/* Of a cell's process; 0 where it cannot be told. */
static double memory_of(const struct estimate *e, size_t cell) {
    uint64_t scale = e->plan->groups[e->plan->cells[cell].group].scale;
    return e->bytes[cell] > 0      ? e->bytes[cell]
           : is_map(e->plan, cell) ? process_bytes + fit_bytes(entry_bytes, scale)
                                   : 0;
}

/* At any time: of one process, or of all in a block where they are alive together. */
static double most_memory(const struct estimate *e) {
    double most = 0;
    for (size_t g = 0; g < e->plan->group_count; g++) {
        const struct group *group = &e->plan->groups[g];
        double sum = 0;
        for (size_t i = 0; i < group->cell_count; i++) {
            double each = memory_of(e, group->cells[i]);
            sum = group->turns == TURNS_NONE ? larger(sum, each) : sum + each;
        }
        most = larger(most, sum);
    }
    return most;
}

static char *duration(double seconds) {
    return seconds < 90     ? need_format("%.0f s", larger(1, seconds))
           : seconds < 5400 ? need_format("%.0f min", seconds / 60)
                            : need_format("%.1f h", seconds / 3600);
}

char *estimate_text(struct store *store, const struct plan *plan, const struct schedule *schedule,
                    size_t done, struct fault *fault) {
    struct estimate e = {.plan = plan,
                         .progress = progress_runs(plan, schedule),
                         .bytes = need_zeroed(plan->cell_count, sizeof(double))};
    char *text = NULL;
    if (!store || store_each_cell(store, learn, &e, fault)) {
        if (e.known == 0)
            use_rule(&e);
        for (size_t i = 0; i < done && i < schedule->count; i++)
            progress_done(e.progress, schedule->slots[i].cell, 0);
        char *source = e.known ? need_format("as stored runs of %zu of them tell", e.known)
                               : need_copy("by a rule of thumb, as none of them is stored");
        char *time = duration(progress_left(e.progress));
        double memory = most_memory(&e);
        bool large = memory >= 1e9;
        text = need_format("%zu runs of %zu cells, about %s, up to %.*f %s of memory (%s)",
                           schedule->count - done, plan->cell_count, time, large ? 1 : 0,
                           memory * (large ? 1e-9 : 1e-6), large ? "GB" : "MB", source);
        free(time);
        free(source);
    }
    progress_end(e.progress);
    free(e.bytes);
    return text;
}
