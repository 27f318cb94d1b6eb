/* allocators.h - from the names of allocators to the libraries that are preloaded.
 *
 * The names are those of experiments/allocators.conf, which make knows: as with programs, the
 * runner asks make, and make installs or builds what is missing. */
#ifndef ALLOCATORS_H
#define ALLOCATORS_H

#include "fault.h"
#include "plan.h"

/* Runs `MAKE -s --no-print-directory ALLOC=name allocator` for each name in the plan, once, and
 * sets the `library` of its cells to a private copy (copies.h); they are listed in plan->libraries.
 * A fault is the last thing make said by itself.  False with an empty fault line: interrupted. */
bool allocators_find(struct plan *plan, const char *make, struct fault *fault);

#endif
