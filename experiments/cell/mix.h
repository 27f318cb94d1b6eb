/* mix.h - a mix of operations: a step is an update with a probability of 1/20, else a look-up, of a
 * key that comes by Zipf's law, s = 0.99.  It is workload B of YCSB (Cooper et al., SoCC 2010).
 *
 * All is drawn before the clock starts.  The keys' frequencies fall in the order in which the
 * pattern has keys looked up: where that is the order in which they are put, sequential keys and
 * those of a file that is not shuffled, the first to be put are the most frequent. */
#ifndef MIX_H
#define MIX_H

#include "trace.h"

struct mix {
    struct trace trace; /* a step's value: what a look-up is to find, or what an update puts */
    bool *updates;      /* whether the step is one */
};

/* As many steps as the map has entries.  A key that is updated k times gets k different values; the
 * last is the one that it was filled with, so that all can be done again on the same map.  False
 * when memory is out.  A mix lives as long as its process. */
bool mix_make(struct mix *mix, const struct keys *keys);

/* Does all steps.  Gives the number of wrong answers.  *no_memory is set where the map has none
 * left. */
size_t mix_do(const struct mix *mix, struct hamt *map, bool *no_memory);

#endif
