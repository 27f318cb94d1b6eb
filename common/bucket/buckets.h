/* buckets.h - the parts in the order in which they build on one another, and the map they make.
 *
 * A bucket trie is a trie whose leaves are buckets of many entries: the hash is followed bit by bit
 * only until few enough entries are left to lie side by side in one block.  A bucket that is full
 * parts in two by the next bit.  So there is one node for some sixteen entries instead of several
 * for each, and what is left of a get is a way down that is short, and a search in a block.
 *
 *     root            resolves the first bits of the hash at once: 2^depth slots
 *      |
 *     fork            one more bit: two children
 *      |  \
 *     bucket bucket   a block of entries whose hashes agree in the bits that lead to it
 *
 * Each part answers one question about that.  Its name is included bare, and the include path
 * decides which directory's answer is taken: those of the composition come first, variants/bucket,
 * which answers everything in the plainest way, comes last.
 *
 *     blocks.h    where does a block's memory come from, and what leads to it?
 *     capacity.h  how large does a bucket get, and in which steps?
 *     spare.h     when does a bucket that has lost entries give room back?
 *     find.h      how is an entry found in its bucket?
 *     record.h    how does a bucket keep its entries?
 *     slot.h      what does a slot of the root know beside the block that it leads to?
 *     root.h      how are the first bits of the hash resolved?
 *     own.h       may a block be changed where it stands, or do versions of the map share it?
 *     fetch.h     what is fetched ahead of its use?
 *     many.h      what is done about several keys before each has its turn?
 *
 * variants/bucket/ holds each part's contract, written out at its functions.  A part never includes
 * another: this file includes them all.
 *
 * Hashes that agree in all 64 bits cannot be parted: below 64 forks a fork is a list's cell, of a
 * bucket and the rest of the list.  A search among n such entries looks at each of them.
 *
 * Source: Fagin et al., "Extendible Hashing", 1979, for buckets below a directory that doubles. */
#ifndef BUCKETS_H
#define BUCKETS_H

#include "inside.h"

#include "count.h"
#include "entry.h"
#include "keyops.h"
#include "mem.h"

#include <assert.h>
#include <stdalign.h>
#include <stdint.h>
#include <string.h>

enum {
    HASH_BITS = 64,
    NO_INDEX = 255, /* of an entry that a bucket does not have */
};

/* The part of a bucket that holds entries: room for `capacity` of them, of `width` bytes each. */
struct records {
    unsigned char *bytes; /* aligned for RECORD_ALIGN */
    unsigned capacity;
    unsigned width;
};

/* What a bucket's block has for so many entries, whose records have `width` bytes (bucket.h). */
static inline size_t bucket_bytes(unsigned capacity, unsigned width);

/* What a root has its slots in, if not in itself (slots.h). */
struct own;
static inline void *array_make(const struct own *own, size_t bytes);
static inline void array_free(void *array);

#include "blocks.h"
#include "capacity.h"
#include "spare.h"
#include "find.h"
#include "record.h"
#include "slot.h"
#include "root.h"
/* The memory of a block or array that was given up (own_way.h). */
static inline const void *given_memory(const struct hamt *map, given left);

#include "own.h"
#include "fetch.h"

struct hamt {
    size_t size;      /* entries */
    uint64_t changes; /* keys added and removed so far: what makes a cursor stale */
    uint64_t hash_seed;
    struct root root;
    struct own own; /* its blocks, perhaps in common with other versions */
};

static inline struct blocks *map_blocks(const struct hamt *map) {
    return own_blocks(&map->own);
}

#include "slots.h"
#include "fork.h"
#include "bucket.h"
#include "way.h"
#include "own_way.h"
#include "part.h"
#include "resize.h"

#include "many.h"

#endif
