/* estimate.h - how many runs a plan has, how long they will take and how much memory, told before
 * anything is built.
 *
 * What the store has of the same cells tells; cells that it does not have take what others of their
 * group take, or what their entries cost elsewhere (progress.h).  Where it has none of them a rule
 * of thumb, taken from the suite's stored results, stands in, and is called so. */
#ifndef ESTIMATE_H
#define ESTIMATE_H

#include "schedule.h"
#include "store.h"

/* "216 runs of 18 cells, about 4 min, ...": one line without a newline, which the caller frees;
 * NULL after a fault. store: may be NULL; done: slots at the beginning of the schedule that are not
 * to be run again. */
char *estimate_text(struct store *store, const struct plan *plan, const struct schedule *schedule,
                    size_t done, struct fault *fault);

#endif
