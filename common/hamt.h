/* hamt.h - the one API of every layout in hamtlab.
 *
 * A map from keys to 64-bit values.  What lies behind these functions is chosen when the program is
 * built: a composition of parts (docs/layouts.md), or a directory that brings its own hamt.c.  The
 * kind of key is a part as well (KEY=u64|str) and comes from key.h:
 *
 *     u64    hamt_key is uint64_t;
 *     str    hamt_key is {bytes, len}: any bytes, any length, 0 included; no terminator is needed.
 *
 * Ownership: the map copies what it keeps.  A key passed in belongs to the caller and need not live
 * past the call.  A key handed out (visitor, cursor) belongs to the map and is valid until the map
 * changes.
 *
 * Errors are returned, never printed.  The only one that a map can have is "out of memory", and
 * after it the map is as it was before the call.
 *
 * Threads: a map may be read by several threads at once as long as none changes it.
 *
 * Cost is given in levels L of the trie, at most 10 with 6 bits of the hash to a level, and in the
 * number C of keys whose hashes agree with the key's in every bit that the layout uses: they share
 * a leaf, which is searched key by key.  A hash that spreads the keys makes C 1.  Who chooses keys,
 * and knows hash and seed, can make C the number of all keys: n puts take n^2 / 2 comparisons then.
 * What each hash withstands, docs/glossary.md says; `make flooding` shows it.
 *
 * Source: Bagwell, "Ideal Hash Trees", 2001, for the structure; each layout names its own.
 */
#ifndef HAMT_H
#define HAMT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "key.h"

#ifdef __cplusplus
extern "C" {
#endif

struct hamt;

/* What may be chosen when a map is made.  A layout ignores what does not concern it. */
struct hamt_config {
    uint64_t hash_seed; /* of the hash function; a known one makes runs repeat, a secret random one
                           keeps others from choosing keys that collide, if the hash does */
    size_t pool_slots;  /* child slots in a layout's bump pool; the seeds' pools had 65,536 */
    size_t size_hint;   /* entries expected, 0 if unknown: layouts with pools reserve for them */
};

/* Seed 0, the seeds' 65,536 slots, no hint. */
#ifdef __cplusplus
#define HAMT_CONFIG_DEFAULT (hamt_config{0, 65536, 0})
#else
#define HAMT_CONFIG_DEFAULT ((struct hamt_config){.pool_slots = 65536})
#endif

/* What a layout promises beyond what this header asks of all. */
enum hamt_trait {
    HAMT_CANONICAL = 1 << 0, /* the same entries give the same shape, whatever came before */
    HAMT_ACCOUNTS = 1 << 1,  /* hamt_stats and hamt_check look inside; all memory comes by mem.h */
    HAMT_DENIABLE = 1 << 2,  /* HAMT_NO_MEMORY leaves the map as it was: no abort, no exception */
    HAMT_CURSORS = 1 << 3,   /* hamt_cursor_next steps; without it a cursor is at its end at once */
    HAMT_SEEDED = 1 << 4,    /* where entries lie follows from the hash, and so from its seed */

    /* What all layouts of parts have. */
    HAMT_OUR_OWN = HAMT_ACCOUNTS | HAMT_DENIABLE | HAMT_CURSORS | HAMT_SEEDED,
};

/* The traits of this layout, joined by |. */
unsigned hamt_traits(void);

/* An empty map, to be given to hamt_destroy; NULL when memory is out.
 * config: copied; NULL means HAMT_CONFIG_DEFAULT with a hash_seed from the system's randomness, and
 * NULL is returned if there is none to be had. */
struct hamt *hamt_create(const struct hamt_config *config);

/* Frees the map and all it holds.  NULL is allowed.  O(entries). */
void hamt_destroy(struct hamt *map);

enum hamt_put_result {
    HAMT_NEW,       /* the key was absent and is there now */
    HAMT_REPLACED,  /* the key was there; its value is the new one */
    HAMT_NO_MEMORY, /* memory is out; nothing changed */
};

/* Sets the value of `key`.  O(L + C), and at most one growing of an array at each level. */
enum hamt_put_result hamt_put(struct hamt *map, hamt_key key, uint64_t value);

/* True if `key` is in the map; its value is then stored to *value.  O(L + C). */
bool hamt_get(const struct hamt *map, hamt_key key, uint64_t *value);

/* True if `key` was in the map; it is gone then.  Never fails for want of memory.  A map from which
 * every key has been removed holds the memory of a new one.  O(L + C). */
bool hamt_remove(struct hamt *map, hamt_key key);

/* ---- Several keys at once: for layouts that let their look-ups wait for memory together ---- */

/* Looks up `count` keys.  found[i] tells whether keys[i] is in the map; its value is then in
 * values[i], which is left alone otherwise.  Gives the number found.  The same as so many hamt_get.
 */
size_t hamt_get_many(const struct hamt *map, const hamt_key *keys, size_t count, uint64_t *values,
                     bool *found);

/* Sets the values of `count` keys, in this order: of a key that is there twice, the later value
 * stays. Gives how many were put: fewer than `count` when memory is out, and the rest was not
 * touched.  The same as so many hamt_put. */
size_t hamt_put_many(struct hamt *map, const hamt_key *keys, const uint64_t *values, size_t count);

/* Number of entries.  O(1). */
size_t hamt_size(const struct hamt *map);

/* ---- Iteration: every entry once, in an order that only the layout knows ---- */

/* Called for one entry; false ends the iteration.  It must not change the map. */
typedef bool hamt_visitor(hamt_key key, uint64_t value, void *context);

/* True if every entry was visited, false if the visitor ended it.  O(nodes). */
bool hamt_each(const struct hamt *map, hamt_visitor *visit, void *context);

/* A place in an iteration that can be left and taken up again.  It owns no memory: it may simply be
 * forgotten.  Its fields are the layout's. */
struct hamt_cursor {
    const struct hamt *map;
    uint64_t changes;  /* the map's count of changes when the cursor began */
    int depth;         /* frames in use */
    size_t entry;      /* next entry of the leaf on top of the stack */
    uint64_t position; /* a hash: of layouts that go by it instead of by the stack */
    struct {
        uintptr_t place;
        unsigned next;
    } frame[20];
};

enum hamt_cursor_result {
    HAMT_ENTRY, /* *key and *value hold the next entry */
    HAMT_END,   /* there is no further one */
    HAMT_STALE, /* a key was added or removed since the cursor began; values may change freely */
};

void hamt_cursor_begin(struct hamt_cursor *cursor, const struct hamt *map);

/* Steps to the next entry.  Amortised O(nodes / entries). */
enum hamt_cursor_result hamt_cursor_next(struct hamt_cursor *cursor, hamt_key *key,
                                         uint64_t *value);

/* ---- Looking inside ---- */

enum {
    HAMT_LEVELS = 16,  /* room in the histograms: no layout is deeper */
    HAMT_FAN_OUT = 64, /* and none is wider */
};

/* What the memory is used for. */
enum hamt_bytes {
    HAMT_BYTES_MAP,      /* struct hamt itself and what every empty map holds beside its pools */
    HAMT_BYTES_NODES,    /* inner nodes and leaves, or the blocks that hold them */
    HAMT_BYTES_CHILDREN, /* arrays of child slots, or the pools that hold them */
    HAMT_BYTES_ENTRIES,  /* arrays of entries outside of nodes */
    HAMT_BYTES_KEYS,     /* bytes of string keys */
    HAMT_BYTES_KINDS
};

/* The shape of a map at one moment.  A count that a layout does not have is 0. */
struct hamt_stats {
    size_t entries;
    size_t inner_nodes;
    size_t leaves;
    size_t child_pointers;               /* occupied child slots in all inner nodes */
    size_t depth_max;                    /* inner nodes on the way to the deepest entry */
    size_t depth_sum;                    /* the same, summed over entries */
    size_t inner_at_level[HAMT_LEVELS];  /* inner nodes by the level at which they branch */
    size_t leaves_at_level[HAMT_LEVELS]; /* leaves by the number of chunks that lead to them */
    size_t children[HAMT_FAN_OUT + 1];   /* inner nodes by number of children */
    size_t bytes[HAMT_BYTES_KINDS];      /* bytes held, as the allocator counts usable bytes */
    size_t blocks;                       /* allocations these bytes lie in */
    size_t pool_allocations;             /* arrays asked of the pool so far */
    size_t pool_fallbacks;               /* of these, arrays that malloc had to serve */
    size_t pool_slots_used;              /* slots asked for so far, dead ones included */
    size_t pool_slots_live;              /* slots in arrays that are in use */
    size_t pool_slots_capacity;          /* slots the pool has */
};

/* Walks the whole map and fills *stats.  O(nodes). */
void hamt_stats(const struct hamt *map, struct hamt_stats *stats);

/* Bytes held in all: the sum of stats->bytes. */
static inline size_t hamt_stats_bytes(const struct hamt_stats *stats) {
    size_t sum = 0;
    for (int i = 0; i < HAMT_BYTES_KINDS; i++)
        sum += stats->bytes[i];
    return sum;
}

/* Walks every invariant of the layout.  NULL if all hold, else the name of the first broken one
 * (a string constant).  O(nodes + entries), with a hash for each entry. */
const char *hamt_check(const struct hamt *map);

#ifdef __cplusplus
}
#endif

#endif
