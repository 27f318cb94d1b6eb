/* keyops.h (str) - what the inside of a map does with a string key.  See key.h for the type.
 *
 * An owned key has a block of its own, exactly as long as the key; the empty key has none. */
#ifndef KEYOPS_H
#define KEYOPS_H

#include "hash.h"
#include "key.h"
#include "mem.h"

#include <stdbool.h>
#include <string.h>

static inline bool key_equal(hamt_key a, hamt_key b) {
    return a.len == b.len && (a.len == 0 || memcmp(a.bytes, b.bytes, a.len) == 0);
}

static inline uint64_t key_hash(hamt_key key, uint64_t seed) {
    return hash_bytes(key.len ? key.bytes : "", key.len, seed);
}

/* Makes *copy a key that the map owns.  False when memory is out. */
static inline bool key_clone(hamt_key *copy, hamt_key key) {
    char *bytes = NULL;
    if (key.len > 0) {
        bytes = (char *)mem_alloc(key.len);
        if (!bytes)
            return false;
        memcpy(bytes, key.bytes, key.len);
    }
    copy->bytes = bytes;
    copy->len = key.len;
    return true;
}

/* Frees what key_clone made. */
static inline void key_drop(hamt_key key) {
    mem_free((void *)key.bytes);
}

/* The block behind an owned key, NULL if it has none. */
static inline const void *key_block(hamt_key key) {
    return key.bytes;
}

#endif
