/* hamt.h - the contract of a map: what every layout in hamtlab and every peer does, for C and C++.
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
 * What a layout tells of its inside, and what only the lab asks for, is in inside.h.
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
static const struct hamt_config HAMT_CONFIG_DEFAULT = {0, 65536, 0};

/* What a layout can do beyond what this header asks of all: the tiers of the shared suite. */
enum hamt_trait {
    HAMT_CANONICAL = 1 << 0, /* the same entries give the same shape, whatever came before */
    HAMT_ACCOUNTS = 1 << 1,  /* hamt_stats and hamt_check look inside; all memory comes by mem.h */
    HAMT_DENIABLE = 1 << 2,  /* HAMT_NO_MEMORY leaves the map as it was: no abort, no exception */
    HAMT_CURSORS = 1 << 3,   /* hamt_cursor_next steps; without it a cursor is at its end at once */
    HAMT_SEEDED = 1 << 4,    /* where entries lie follows from the hash, and so from its seed */
    HAMT_COLLISIONS = 1 << 5, /* any number of keys may have one hash; without it a put of a key
                                 with whose hash there are too many gives HAMT_NO_MEMORY */
    HAMT_SHARES = 1 << 6,  /* versions keep what they have in common once (versions.h); without it a
                              snapshot is a copy */
    HAMT_THREADS = 1 << 7, /* any number of threads may put, get and remove at once */

    /* What all layouts of parts have. */
    HAMT_OUR_OWN = HAMT_ACCOUNTS | HAMT_DENIABLE | HAMT_CURSORS | HAMT_SEEDED | HAMT_COLLISIONS,
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

#ifdef __cplusplus
}
#endif

#endif
