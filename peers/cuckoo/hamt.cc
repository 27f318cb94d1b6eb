/* hamt.cc (cuckoo) - libcuckoo: every entry in one of two buckets of four slots, with locks over
 * ranges of buckets.
 *
 * It is made for threads that write at once, and pays for its locks with one thread, too.  It
 * starts empty, as everybody does, and not with the 262,144 slots of its default.  More than eight
 * keys of one hash have no place: it gives up when it has grown in vain.  Denied memory while it
 * grows, it uses buckets that it does not have. */
#include "config.h"
#include "owned.hh"

#include <libcuckoo/cuckoohash_map.hh>

struct hamt {
    libcuckoo::cuckoohash_map<owned, uint64_t, peer_hash, peer_equal> entries;
    explicit hamt(uint64_t seed) : entries(0, peer_hash{seed}) {
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
        return map->entries.insert_or_assign(key, value) ? HAMT_NEW : HAMT_REPLACED;
    } catch (const std::bad_alloc &) {
    } catch (const libcuckoo::load_factor_too_low &) {
    }
    return HAMT_NO_MEMORY;
}

bool hamt_get(const struct hamt *map, hamt_key key, uint64_t *value) {
    return map->entries.find(key, *value);
}

bool hamt_remove(struct hamt *map, hamt_key key) {
    return map->entries.erase(key);
}

size_t hamt_size(const struct hamt *map) {
    return map->entries.size();
}

bool hamt_each(const struct hamt *map, hamt_visitor *visit, void *context) {
    /* Locking is no change, but libcuckoo asks for a map that may change. */
    auto locked = const_cast<struct hamt *>(map)->entries.lock_table();
    for (const auto &entry : locked)
        if (!visit(entry.first, entry.second, context))
            return false;
    return true;
}

} /* extern "C" */

#include "outside.h"
