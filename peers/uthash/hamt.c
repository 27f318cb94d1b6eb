/* hamt.c (uthash) - uthash: chains of entries that hold their own links, 56 bytes of them, below an
 * array that doubles. */
#include "config.h"
#include "hamt.h"
#include "keyops.h"
#include "mem.h"

/* What uthash is told of our keys.  The hash is 32 bits wide there; out of memory is noticed. */
#define HASH_NONFATAL_OOM         1
#define uthash_malloc(bytes)      mem_alloc(bytes)
#define uthash_free(block, bytes) mem_free(block)
#define HASH_FUNCTION(key, length, hash)                                                           \
    (hash) = (unsigned)key_hash(*(const hamt_key *)(key), map->seed)
#define HASH_KEYCMP(a, b, length)  (!key_equal(*(const hamt_key *)(a), *(const hamt_key *)(b)))
#define uthash_nonfatal_oom(entry) (map->out_of_memory = true)
#include <uthash.h>

struct held {
    hamt_key key;
    uint64_t value;
    UT_hash_handle hh;
};

struct hamt {
    struct held *entries;
    uint64_t seed;
    bool out_of_memory;
};

struct hamt *hamt_create(const struct hamt_config *config) {
    struct hamt_config chosen;
    struct hamt *map = config_chosen(config, &chosen) ? mem_alloc(sizeof *map) : NULL;
    if (map)
        *map = (struct hamt){.seed = chosen.hash_seed};
    return map;
}

static struct held *find(const struct hamt *map, hamt_key key) {
    struct held *found;
    HASH_FIND(hh, map->entries, &key, sizeof key, found);
    return found;
}

static void drop(struct held *entry) {
    key_drop(entry->key);
    mem_free(entry);
}

void hamt_destroy(struct hamt *map) {
    if (!map)
        return;
    struct held *entry, *next;
    HASH_ITER(hh, map->entries, entry, next) {
        HASH_DEL(map->entries, entry);
        drop(entry);
    }
    mem_free(map);
}

enum hamt_put_result hamt_put(struct hamt *map, hamt_key key, uint64_t value) {
    struct held *entry = find(map, key);
    if (entry) {
        entry->value = value;
        return HAMT_REPLACED;
    }
    entry = mem_alloc(sizeof *entry);
    if (!entry)
        return HAMT_NO_MEMORY;
    entry->value = value;
    if (!key_clone(&entry->key, key)) {
        mem_free(entry);
        return HAMT_NO_MEMORY;
    }
    map->out_of_memory = false;
    HASH_ADD_KEYPTR(hh, map->entries, &entry->key, sizeof entry->key, entry);
    if (map->out_of_memory) {
        drop(entry);
        return HAMT_NO_MEMORY;
    }
    return HAMT_NEW;
}

bool hamt_get(const struct hamt *map, hamt_key key, uint64_t *value) {
    const struct held *found = find(map, key);
    if (found)
        *value = found->value;
    return found;
}

bool hamt_remove(struct hamt *map, hamt_key key) {
    struct held *found = find(map, key);
    if (!found)
        return false;
    HASH_DEL(map->entries, found);
    drop(found);
    return true;
}

size_t hamt_size(const struct hamt *map) {
    return HASH_COUNT(map->entries);
}

bool hamt_each(const struct hamt *map, hamt_visitor *visit, void *context) {
    const struct held *entry, *next;
    HASH_ITER(hh, map->entries, entry, next)
    if (!visit(entry->key, entry->value, context))
        return false;
    return true;
}

#include "outside.h"
