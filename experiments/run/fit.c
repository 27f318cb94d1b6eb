/* fit.c - see fit.h. */
#include "fit.h"

#include "cellrun.h"
#include "child.h"
#include "machine.h"
#include "need.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double trace_bytes = 64; /* of the trace, for each entry */
static const double margin = 1.2;

double fit_bytes(double bytes_per_entry, uint64_t entries) {
    return (bytes_per_entry + trace_bytes) * (double)entries * margin;
}

/* What is known of another cell with the same program, pool and allocator; NAN if nothing is. */
static double known(const struct plan *plan, const double *bytes, size_t cell) {
    const struct cell *wanted = &plan->cells[cell];
    for (size_t i = 0; i < cell; i++) {
        const struct cell *other = &plan->cells[i];
        if (!isnan(bytes[i]) && other->recipe == wanted->recipe &&
            strcmp(other->parameters, wanted->parameters) == 0 &&
            strcmp(other->allocator, wanted->allocator) == 0)
            return bytes[i];
    }
    return NAN;
}

/* Bytes that each wanted cell needs: 0 where they are so few that nobody asks, NAN where it cannot
 * be told.  The caller frees it. */
static double *needs(const bool *wanted, const struct plan *plan, const struct build *builds,
                     double timeout) {
    double *bytes = need_zeroed(plan->cell_count, sizeof *bytes); /* per entry */
    double *needed = need_zeroed(plan->cell_count, sizeof *needed);
    for (size_t i = 0; i < plan->cell_count && !child_interrupted(); i++) {
        uint64_t scale = plan->groups[plan->cells[i].group].scale;
        bytes[i] = NAN;
        const struct build *build = &builds[plan->cells[i].recipe];
        if (!wanted[i] || scale <= CELL_PROBE_SCALE || !build_is_map(build))
            continue;
        bytes[i] = known(plan, bytes, i);
        if (isnan(bytes[i]))
            bytes[i] = cell_probe(
                &(struct cell_call){.build = build, .plan = plan, .cell = i, .timeout = timeout});
        needed[i] = fit_bytes(bytes[i], scale);
    }
    free(bytes);
    return needed;
}

void fit_check(char **reason, const bool *wanted, const struct plan *plan,
               const struct build *builds, double timeout) {
    double available = (double)machine_memory_available();
    if (available < 0)
        return;
    double *needed = needs(wanted, plan, builds, timeout);
    for (size_t i = 0; i < plan->cell_count; i++)
        if (needed[i] > available) /* false if nothing is known */
            reason[i] = need_format("needs %.1f GB of memory where %.1f GB are available",
                                    needed[i] * 1e-9, available * 1e-9);
    free(needed);
}

/* "list 5.3 GB, fix4 0.9 GB": what a group's cells need. */
static char *needs_text(const struct plan *plan, const struct group *group, const double *needed) {
    struct words all = {0};
    for (size_t i = 0; i < group->cell_count; i++) {
        const char *label = plan->recipes[plan->cells[group->cells[i]].recipe].label;
        char *text = need_format("%s %.1f GB", label, needed[group->cells[i]] * 1e-9);
        words_add(&all, text);
        free(text);
    }
    char *text = words_join(&all, ", ");
    words_free(&all);
    return text;
}

bool fit_together(const struct plan *plan, const struct build *builds, double timeout,
                  struct fault *fault) {
    double available = (double)machine_memory_available();
    bool *wanted = need_zeroed(plan->cell_count, sizeof *wanted);
    for (size_t i = 0; i < plan->cell_count; i++)
        wanted[i] = plan->groups[plan->cells[i].group].turns != TURNS_NONE;
    double *needed = needs(wanted, plan, builds, timeout);
    bool good = true;
    for (size_t g = 0; g < plan->group_count && good && available >= 0; g++) {
        const struct group *group = &plan->groups[g];
        double sum = 0;
        for (size_t i = 0; i < group->cell_count; i++)
            sum += isnan(needed[group->cells[i]]) ? 0 : needed[group->cells[i]];
        if (sum <= available)
            continue;
        char *text = needs_text(plan, group, needed);
        good = fault_set(fault,
                         "TURNS: competitors in %s %s %llu do not fit into memory together: %s, "
                         "where %.1f GB are available; measure fewer at once, or with TURNS=none",
                         group->op, group->pattern, (unsigned long long)group->scale, text,
                         available * 1e-9);
        free(text);
    }
    free(needed);
    free(wanted);
    return good;
}
