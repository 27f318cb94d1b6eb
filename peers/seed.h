/* seed.h - the seed of a peer's hash, as hamt_create promises it: the caller's, or the system's. */
#ifndef SEED_H
#define SEED_H

#include "hamt.h"
#include "random.h"

/* False if there is no randomness to be had. */
static inline bool seed_chosen(const struct hamt_config *config, uint64_t *seed) {
    if (!config)
        return random_number(seed);
    *seed = config->hash_seed;
    return true;
}

#endif
