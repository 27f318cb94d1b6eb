/* oracle.h - a map that shares nothing with the tries: a sorted array.  Whatever a trie answers
 * must be what this one answers. */
#ifndef ORACLE_H
#define ORACLE_H

#include "hamt.h"

#include <stdint.h>

enum { ORACLE_KEYS = 4096 /* the most it holds */ };

struct oracle {
    uint32_t count;
    struct {
        uint32_t number; /* the key is testkey(number) */
        uint64_t value;
    } items[ORACLE_KEYS];
};

/* True if the number was there already. */
bool oracle_put(struct oracle *oracle, uint32_t number, uint64_t value);
bool oracle_get(const struct oracle *oracle, uint32_t number, uint64_t *value);
bool oracle_remove(struct oracle *oracle, uint32_t number);

/* The index of the item with this key, or of the one it would stand before. */
uint32_t oracle_index(const struct oracle *oracle, hamt_key key);

#endif
