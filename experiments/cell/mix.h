/* mix.h - a mix of operations: 19 look-ups to one update, of keys that are asked for as often as
 * Zipf's law has it, s = 0.99.  It is workload B of YCSB (Cooper et al., SoCC 2010).
 *
 * All is drawn before the clock starts.  Which keys are frequent has nothing to do with the order
 * in which they were put, unless the pattern is sequential. */
#ifndef MIX_H
#define MIX_H

#include "trace.h"

struct mix {
    struct trace trace; /* a step's value: what a look-up finds, or what an update puts */
    bool *updates;      /* whether the step is one */
};

/* As many steps as the map has entries.  A key that is updated k times gets k different values; the
 * last is the one that it was filled with, so that all can be done again on the same map.  False
 * when memory is out.  A mix lives as long as its process. */
bool mix_make(struct mix *mix, const struct keys *keys);

/* Does all steps.  Gives the number of wrong answers. */
size_t mix_do(const struct mix *mix, struct hamt *map, bool *no_memory);

#endif
