/* hamt.cc (tbb) - tbb::concurrent_hash_map: chains of nodes below segments of an array that
 * doubles, with a lock in each bucket and each node.
 *
 * It is made for threads that write at once, and pays for its locks with one thread, too.  Its
 * memory comes from operator new, and not from TBB's own allocator, so that whatever malloc serves
 * the process serves it as well; denied while the array is to double, the key is there all the
 * same. */
#include "config.h"
#include "owned.hh"

#include <memory>
#include <tbb/concurrent_hash_map.h>

struct comparison {
    using is_transparent = void; /* keys are looked up by such as it does not own */
    peer_hash hasher;
    size_t hash(hamt_key key) const noexcept {
        return hasher(key);
    }
    bool equal(hamt_key a, hamt_key b) const noexcept {
        return key_equal(a, b);
    }
};

using table = tbb::concurrent_hash_map<owned, uint64_t, comparison,
                                       std::allocator<std::pair<const owned, uint64_t>>>;

struct hamt {
    mutable table entries; /* looked up by such a key it asks for a table that may change */
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
    delete map;
}

enum hamt_put_result hamt_put(struct hamt *map, hamt_key key, uint64_t value) {
    try {
        table::accessor at;
        bool is_new = map->entries.insert(at, key);
        at->second = value;
        return is_new ? HAMT_NEW : HAMT_REPLACED;
    } catch (const std::bad_alloc &) {
        return HAMT_NO_MEMORY;
    }
}

bool hamt_get(const struct hamt *map, hamt_key key, uint64_t *value) {
    table::const_accessor at;
    if (!map->entries.find(at, key))
        return false;
    *value = at->second;
    return true;
}

bool hamt_remove(struct hamt *map, hamt_key key) {
    return map->entries.erase(key);
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
