/* map.hh - hamt.h over a C++ map that has try_emplace, find, erase and iterators.
 *
 * Before including this, a peer defines
 *
 *     template <typename Key, typename Value, typename Hash, typename Equal> using table = ...;
 *
 * Its keys are hamt_key, hashed with the hash that all competitors are given.  The bytes of string
 * keys are cloned and dropped as our own layouts do it, so that nobody's strings are kept in
 * another way.  std::bad_alloc becomes HAMT_NO_MEMORY; whether the map is then as it was is the
 * library's merit, and claimed in peer.conf.  A map that has prefetch(key), as Abseil's have, is
 * asked for it where several keys come at once. */
#ifndef MAP_HH
#define MAP_HH

#include "config.h"
#include "hash.hh"

struct hamt {
    table<hamt_key, uint64_t, peer_hash, peer_equal> entries;
    explicit hamt(uint64_t seed) : entries(0, peer_hash{seed}) {
    }
};

/* The value at an iterator: some maps keep it apart from a pair that is constant. */
template <typename Iterator> auto peer_value(Iterator at, int) -> decltype(at.value()) & {
    return at.value();
}
template <typename Iterator> auto peer_value(Iterator at, long) -> decltype((at->second)) {
    return at->second;
}

extern "C" {

struct hamt *hamt_create(const struct hamt_config *config) {
    try {
        struct hamt_config chosen;
        return config_chosen(config, &chosen) ? new hamt(chosen.hash_seed) : nullptr;
    } catch (const std::bad_alloc &) {
        return nullptr;
    }
}

void hamt_destroy(struct hamt *map) {
    if (!map)
        return;
    for (const auto &entry : map->entries)
        key_drop(entry.first);
    delete map;
}

enum hamt_put_result hamt_put(struct hamt *map, hamt_key key, uint64_t value) {
    try {
        auto put = map->entries.try_emplace(key, value);
        if (!put.second) {
            peer_value(put.first, 0) = value;
            return HAMT_REPLACED;
        }
        /* The same bytes, but the map's own. */
        if (key_clone(const_cast<hamt_key *>(&put.first->first), key))
            return HAMT_NEW;
        map->entries.erase(put.first);
    } catch (const std::bad_alloc &) {
    }
    return HAMT_NO_MEMORY;
}

bool hamt_get(const struct hamt *map, hamt_key key, uint64_t *value) {
    auto found = map->entries.find(key);
    if (found == map->entries.end())
        return false;
    *value = found->second;
    return true;
}

bool hamt_remove(struct hamt *map, hamt_key key) {
    auto found = map->entries.find(key);
    if (found == map->entries.end())
        return false;
    hamt_key own = found->first;
    map->entries.erase(found);
    key_drop(own);
    return true;
}

size_t hamt_size(const struct hamt *map) {
    return map->entries.size();
}

bool hamt_each(const struct hamt *map, hamt_visitor *visit, void *context) {
    for (const auto &entry : map->entries)
        if (!visit(entry.first, entry.second, context))
            return false;
    return true;
}

} /* extern "C" */

template <typename Map>
auto peer_fetch(const Map &entries, hamt_key key, int) -> decltype(entries.prefetch(key)) {
    entries.prefetch(key);
}
template <typename Map> void peer_fetch(const Map &, hamt_key, long) {
}
#define KEY_AHEAD(map, key) peer_fetch((map)->entries, key, 0)

#include "outside.h"

#endif
