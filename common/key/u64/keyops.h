/* keyops.h (u64) - what the inside of a map does with an integer key.  See key.h for the type. */
#ifndef KEYOPS_H
#define KEYOPS_H

#include "hash.h"
#include "key.h"

#include <stdbool.h>

static inline bool key_equal(hamt_key a, hamt_key b) {
    return a == b;
}

static inline uint64_t key_hash(hamt_key key, uint64_t seed) {
    return hash_u64(key, seed);
}

/* Makes *copy a key that the map owns.  False when memory is out.  An integer needs none. */
static inline bool key_clone(hamt_key *copy, hamt_key key) {
    *copy = key;
    return true;
}

/* Frees what key_clone made. */
static inline void key_drop(hamt_key key) {
    (void)key;
}

/* The block behind an owned key, NULL if it has none. */
static inline const void *key_block(hamt_key key) {
    (void)key;
    return NULL;
}

#endif
