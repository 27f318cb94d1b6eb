/* one_by_one.h - several keys at once, for layouts that have no better way than one after another.
 */
#ifndef ONE_BY_ONE_H
#define ONE_BY_ONE_H

#include "hamt.h"

size_t hamt_get_many(const struct hamt *map, const hamt_key *keys, size_t count, uint64_t *values,
                     bool *found) {
    size_t sum = 0;
    for (size_t i = 0; i < count; i++) {
        found[i] = hamt_get(map, keys[i], &values[i]);
        sum += found[i];
    }
    return sum;
}

size_t hamt_put_many(struct hamt *map, const hamt_key *keys, const uint64_t *values, size_t count) {
    size_t done = 0;
    while (done < count && hamt_put(map, keys[done], values[done]) != HAMT_NO_MEMORY)
        done++;
    return done;
}

#endif
