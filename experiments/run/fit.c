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

void fit_check(char **reason, const bool *wanted, const struct plan *plan,
               const struct build *builds, double timeout) {
    double available = (double)machine_memory_available();
    if (available < 0)
        return;
    double *bytes = need_zeroed(plan->cell_count, sizeof *bytes); /* per entry */
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
        double needed = fit_bytes(bytes[i], scale);
        if (needed > available) /* false if nothing is known */
            reason[i] = need_format("needs %.1f GB of memory where %.1f GB are available",
                                    needed * 1e-9, available * 1e-9);
    }
    free(bytes);
}
