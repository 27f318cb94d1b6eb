/* many.h (bucket) - what is done about several keys before each has its turn?
 *
 * Contract: keys that are given together come in groups of at most MANY.  many_ahead is called for
 * each group with room for the keys' hashes, which it stores; then each key is looked up, or put,
 * in turn.  No effect but on caches; where MANY is more than 1, fetch.h is not asked again.
 *
 * Here nothing is: a group is one key. */
#ifndef MANY_H
#define MANY_H

enum { MANY = 1 };

static inline void many_ahead(const struct hamt *map, const hamt_key *keys, size_t count,
                              uint64_t *hashes) {
    for (size_t i = 0; i < count; i++)
        hashes[i] = key_hash(keys[i], map->hash_seed);
}

#endif
