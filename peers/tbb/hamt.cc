/* hamt.cc (tbb) - tbb::concurrent_hash_map: chains of nodes below segments of an array that
 * doubles, with a lock in each bucket and each node.
 *
 * It is made for threads that write at once, and pays for its locks with one thread, too.  Its
 * memory comes from operator new, and not from TBB's own allocator, so that whatever malloc serves
 * the process serves it as well; denied while the array is to double, the key is there all the
 * same.  The bytes of string keys are cloned and dropped as in map.hh. */
#include "config.h"
#include "hash.hh"

#include <memory>
#include <tbb/concurrent_hash_map.h>

struct comparison {
    peer_hash hasher;
    size_t hash(hamt_key key) const noexcept {
        return hasher(key);
    }
    bool equal(hamt_key a, hamt_key b) const noexcept {
        return key_equal(a, b);
    }
};

using table = tbb::concurrent_hash_map<hamt_key, uint64_t, comparison,
                                       std::allocator<std::pair<const hamt_key, uint64_t>>>;

struct hamt {
    table entries;
    explicit hamt(uint64_t seed) : entries(comparison{peer_hash{seed}}) {
    }
};

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
        table::accessor at;
        if (!map->entries.insert(at, key)) {
            at->second = value;
            return HAMT_REPLACED;
        }
        at->second = value;
        /* The same bytes, but the map's own. */
        if (key_clone(const_cast<hamt_key *>(&at->first), key))
            return HAMT_NEW;
        map->entries.erase(at);
    } catch (const std::bad_alloc &) {
    }
    return HAMT_NO_MEMORY;
}

bool hamt_get(const struct hamt *map, hamt_key key, uint64_t *value) {
    table::const_accessor at;
    if (!map->entries.find(at, key))
        return false;
    *value = at->second;
    return true;
}

bool hamt_remove(struct hamt *map, hamt_key key) {
    table::accessor at;
    if (!map->entries.find(at, key))
        return false;
    hamt_key own = at->first;
    map->entries.erase(at);
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

#include "outside.h"
