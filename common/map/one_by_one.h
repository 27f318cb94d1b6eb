/* one_by_one.h - several keys at once, for layouts that have no better way than one after another.
 *
 * An adapter whose library offers to fetch a key's memory ahead defines KEY_AHEAD, and has it done
 * for up to 32 keys before the first of them has its turn. */
#ifndef ONE_BY_ONE_H
#define ONE_BY_ONE_H

#include "hamt.h"

#ifndef KEY_AHEAD
#define KEY_AHEAD(map, key) ((void)(map), (void)(key))
#endif

/* Before keys[i] has its turn. */
static inline void keys_ahead(const struct hamt *map, const hamt_key *keys, size_t count,
                              size_t i) {
    enum { AHEAD = 32 };
    size_t end = count - i < AHEAD ? count : i + AHEAD;
    for (size_t next = i; i % AHEAD == 0 && next < end; next++)
        KEY_AHEAD(map, keys[next]);
}

size_t hamt_get_many(const struct hamt *map, const hamt_key *keys, size_t count, uint64_t *values,
                     bool *found) {
    size_t sum = 0;
    for (size_t i = 0; i < count; i++) {
        keys_ahead(map, keys, count, i);
        found[i] = hamt_get(map, keys[i], &values[i]);
        sum += found[i];
    }
    return sum;
}

size_t hamt_put_many(struct hamt *map, const hamt_key *keys, const uint64_t *values, size_t count) {
    for (size_t i = 0; i < count; i++) {
        keys_ahead(map, keys, count, i);
        if (hamt_put(map, keys[i], values[i]) == HAMT_NO_MEMORY)
            return i;
    }
    return count;
}

#endif
