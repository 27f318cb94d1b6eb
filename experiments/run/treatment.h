/* treatment.h - proof of treatment: what a comparison claims to differ in was there.
 *
 * A change that never reached the program (an include path that finds another file of that name, a
 * stale object, a setting that is passed to nobody) gives a comparison of a thing with itself,
 * whose "no difference" reads like a result.  So each program tells a digest of its map's own
 * machine code and what its hash makes of a key that is always the same (experiments/cell/line.c),
 * each sample which parameters it was taken with (replicate.h), and no two competitors may be alike
 * in all of it. */
#ifndef TREATMENT_H
#define TREATMENT_H

#include "builds.h"

/* True unless the hash of this program makes of the known key something else than the hash of that
 * name does.  Of a hash that is not known here nothing is claimed. */
bool treatment_hash(const struct build *build, struct fault *fault);

/* True unless two competitors of a block are one program, served by one allocator, with one set of
 * parameters, and SAME=allowed was not said of both: copies (COPIES) are told apart by number.
 * builds: one for each of plan->recipes; the allocators are found. */
bool treatments_differ(const struct plan *plan, const struct build *builds, struct fault *fault);

#endif
