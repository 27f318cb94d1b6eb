/* inside.h - what the lab asks of a map beside its contract: cursors, shape, memory, invariants.
 *
 * Optional.  Layouts of our own answer all of it; a map that answers nothing includes outside.h
 * (peers/), which says so in its stead.  hamt_traits tells which it is, and the shared suite asks
 * only for what is claimed. */
#ifndef INSIDE_H
#define INSIDE_H

#include "hamt.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Cursors: HAMT_CURSORS ---- */

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

/* ---- Shape, memory, invariants: HAMT_ACCOUNTS ---- */

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
    size_t mapped;                       /* of these, bytes that are the system's, not malloc's */
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
