/* allocators.h - from the names of allocators to the libraries that are preloaded.
 *
 * The names are those of experiments/allocators.conf, which make knows: as with programs, the
 * runner asks make, and make installs or builds what is missing. */
#ifndef ALLOCATORS_H
#define ALLOCATORS_H

#include "fault.h"
#include "plan.h"

/* What make tells in place of a path where nothing is to be preloaded. */
#define NO_LIBRARY "/"

/* Runs `MAKE -s --no-print-directory ALLOC=name allocator` for each name in the plan, once.  The
 * last line that it prints is the path of the library, after the environment variables that set it,
 * as in "SUPERSLAB_SIZE=2M /lib/libsuperslab.so".  The cells get these as their `variables`, and a
 * private copy of the library (copies.h) as their `library`; they are listed in plan->variables and
 * plan->libraries.
 * A fault is the last thing make said by itself.  False with an empty fault line: interrupted. */
bool allocators_find(struct plan *plan, const char *make, struct fault *fault);

#endif
