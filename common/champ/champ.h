/* champ.h - the parts in the order in which they build on one another, and the map they make.
 *
 * A compressed hash array mapped prefix-tree (CHAMP) is a hash trie whose nodes have two bitmaps:
 * of the chunks for which there is one entry, and of those for which there is a child, a node in
 * which several entries are.  Behind them the node keeps its children and its entries, each group
 * without gaps and in the order of the chunks:
 *
 *     entries   ...0 0 1 0 0 0 1 0      chunks 1 and 5
 *     children  ...0 0 0 0 0 1 0 0      chunk 2
 *     slots     [ child 2 | entry 1 | entry 5 ]
 *
 * So there is no leaf, and what stands in a slot is known before the slot is read: it may be a key
 * of 64 bits, none of which is free to tell it from a pointer.  Each node but the root has at least
 * two entries in it and below; hence the same entries always make the same trie.
 *
 * Each part answers one question about that.  Its name is included bare, and the include path
 * decides which directory's answer is taken: those of the composition come first, variants/boxed,
 * which answers everything in the plainest way, comes last.
 *
 *     width.h    how many bits of the hash are read at each level?
 *     supply.h   where does memory for nodes and entries come from?
 *     held.h     what does a node hold of an entry?
 *     head.h     where do a node's bitmaps lie?
 *
 * variants/boxed/ holds each part's contract, written out at its functions.  A part never includes
 * another: this file includes them all.
 *
 * Keys whose hashes agree in all levels' bits are in a node below the last level, which has no
 * bitmaps but a number of entries: a search looks at each.
 *
 * Source: Steindorfer and Vinju, "Optimizing Hash-Array Mapped Tries for Fast and Lean Immutable
 * JVM Collections", 2015. */
#ifndef CHAMP_H
#define CHAMP_H

#include "inside.h"

#include "width.h"

#include "bitmap.h"
#include "chunk.h"
#include "count.h"
#include "entry.h"
#include "keyops.h"
#include "mem.h"

#include <assert.h>
#include <string.h>

/* What a node knows of its slots: no chunk is in both sets. */
struct head {
    chunk_set entries; /* below the last level their number */
    chunk_set children;
};

#include "supply.h"
#include "held.h"
#include "head.h"

struct hamt {
    struct link root; /* to no node when empty */
    size_t size;      /* entries */
    uint64_t changes; /* keys added and removed so far: what makes a cursor stale */
    uint64_t hash_seed;
    struct supply supply;
};

/* The bits of a key's hash that its way down is read from. */
static inline uint64_t hash_of(const struct hamt *map, hamt_key key) {
    return chunk_hash(key_hash(key, map->hash_seed));
}

#include "slots.h"
#include "walk.h"
#include "part.h"

#endif
