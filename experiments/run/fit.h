/* fit.h - which cells would not fit into memory, found out before anything big is started.
 *
 * Only cells of more than 100,000 entries are looked at.  What an entry takes is measured by a
 * small run of the same program; the trace comes on top. */
#ifndef FIT_H
#define FIT_H

#include "builds.h"

/* Memory that a process needs for a map of so many entries and its trace, in bytes. */
double fit_bytes(double bytes_per_entry, uint64_t entries);

/* For each cell that is wanted and would not fit, sets reason[cell] to a new string that says what
 * it would need.  A probe that fails lets its cell pass: it will fail by itself.
 *
 * wanted and reason: one for each of plan->cells; builds: one for each of plan->recipes; timeout:
 * seconds for a probe. */
void fit_check(char **reason, const bool *wanted, const struct plan *plan,
               const struct build *builds, double timeout);

/* True if competitors that take turns, and so are alive together, fit into memory together.
 * Otherwise the fault names their work and what each of them needs. */
bool fit_together(const struct plan *plan, const struct build *builds, double timeout,
                  struct fault *fault);

#endif
