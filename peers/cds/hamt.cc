/* hamt.cc (cds) - libcds' FeldmanHashSet, on which its FeldmanHashMap is built: a hash trie of
 * arrays with 256 places in the first and 16 in all others, changed without a lock (Feldman,
 * LaBorde, Dechev 2013).
 *
 * It is made for threads that read and write at once.  Hazard pointers keep what is read; a put
 * takes a new node in every case.  The set and not the map, which shows a new node to others before
 * it has its value.  The set finds its way by the hash and takes it for the whole key; here it
 * compares the key as well, so that a put is one call.  Two keys that have one hash cannot both be
 * there: a put of the second gives HAMT_NO_MEMORY.  The bytes of string keys are cloned and dropped
 * by the nodes. */
#include "config.h"
#include "hash.hh"

#include <cds/algo/split_bitstring.h>
#include <cds/container/feldman_hashset_dhp.h>
#include <cds/init.h>

/* What an entry is found by. */
struct place {
    uint64_t hash;
    hamt_key key;
};

/* What the set is asked to take. */
struct asked : place {
    uint64_t value;
};

/* What it has: the bytes of the key are its own. */
struct entry : asked {
    explicit entry(const asked &from) : asked(from) {
        if (!key_clone(&key, from.key))
            throw std::bad_alloc();
    }
    entry(const entry &) = delete;
    ~entry() {
        key_drop(key);
    }
};

struct traits : cds::container::feldman_hashset::traits {
    struct hash_accessor {
        const place &operator()(const entry &of) const {
            return of;
        }
    };
    /* Its way is that of the hash, as if there were nothing else. */
    static constexpr size_t hash_size = sizeof(uint64_t);
    struct hash_splitter : cds::algo::number_splitter<uint64_t> {
        explicit hash_splitter(const place &of) : number_splitter(of.hash) {
        }
        hash_splitter(const place &of, size_t first) : number_splitter(of.hash, first) {
        }
    };
    struct compare { /* 0 if they are the same */
        int operator()(const place &one, const place &other) const {
            return one.hash != other.hash || !key_equal(one.key, other.key);
        }
    };
};

using set = cds::container::FeldmanHashSet<cds::gc::DHP, entry, traits>;

struct hamt {
    uint64_t seed;
    /* It has no way to look at a constant set. */
    mutable set entries;
};

/* libcds is told of each thread before it does anything, and when it ends. */
struct attached {
    attached() {
        cds::threading::Manager::attachThread();
    }
    ~attached() {
        cds::threading::Manager::detachThread();
    }
};
static void attach() {
    static thread_local attached here;
    (void)here;
}

/* For as long as the program runs. */
struct library {
    struct initialized {
        initialized() {
            cds::Initialize();
        }
        ~initialized() {
            cds::Terminate();
        }
    } first;
    cds::gc::DHP collector;
};

extern "C" {

struct hamt *hamt_create(const struct hamt_config *config) {
    try {
        static library loaded;
        attach();
        struct hamt_config chosen;
        return config_chosen(config, &chosen) ? new hamt{chosen.hash_seed, {}} : nullptr;
    } catch (const std::bad_alloc &) {
        return nullptr;
    }
}

void hamt_destroy(struct hamt *map) {
    attach();
    delete map;
    cds::gc::DHP::force_dispose(); /* what this thread has replaced or removed */
}

enum hamt_put_result hamt_put(struct hamt *map, hamt_key key, uint64_t value) {
    attach();
    try {
        auto done = map->entries.update(asked{{key_hash(key, map->seed), key}, value},
                                        [](entry &, entry *) {});
        return !done.first ? HAMT_NO_MEMORY : done.second ? HAMT_NEW : HAMT_REPLACED;
    } catch (const std::bad_alloc &) {
        return HAMT_NO_MEMORY;
    }
}

bool hamt_get(const struct hamt *map, hamt_key key, uint64_t *value) {
    attach();
    return map->entries.find(place{key_hash(key, map->seed), key},
                             [=](const entry &found) { *value = found.value; });
}

bool hamt_remove(struct hamt *map, hamt_key key) {
    attach();
    return map->entries.erase(place{key_hash(key, map->seed), key});
}

size_t hamt_size(const struct hamt *map) {
    return map->entries.size();
}

bool hamt_each(const struct hamt *map, hamt_visitor *visit, void *context) {
    attach();
    for (const auto &found : map->entries)
        if (!visit(found.key, found.value, context))
            return false;
    return true;
}

} /* extern "C" */

#include "outside.h"
