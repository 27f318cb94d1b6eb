/* trie.h - the parts in the order in which they build on one another, and the map they make.
 *
 * Each part answers one question about how a trie lies in memory.  Its name is included bare, and
 * the include path decides which directory's answer is taken: those of the composition come first,
 * variants/list, which answers everything in the plainest way, comes last.
 *
 *     fanout.h    how many children may a node have?
 *     call.h      are the hot functions inlined?
 *     array.h     where do the arrays of children come from?
 *     children.h  how does a node keep its children?
 *     leaf.h      how does a leaf keep its entries?
 *     inner.h     what does an inner node hold beside its children?
 *     size.h      how much room has a node for what it holds, an inner node and a leaf?
 *     ref.h       how is it told whether a child slot leads to an inner node or to a leaf?
 *     node.h      where does a node's memory come from, and where does it go?
 *     share.h     may a node be changed where it stands, or do versions of the map share it?
 *     ahead.h     what is fetched ahead of its use on the way down?
 *     descend.h   which nodes stand on the way to an entry?
 *
 * variants/list/ holds each part's contract, written out at its functions.  A part never includes
 * another: the compiler would look beside the including file first, and take its neighbour for the
 * composition's choice.  This file includes them all. */
#ifndef TRIE_H
#define TRIE_H

#include "inside.h"

#include "fanout.h"
#include "chunk.h"
#include "count.h"
#include "entry.h"
#include "keyops.h"
#include "mem.h"
#include "ref_type.h"

#include "call.h"
#include "array.h"
#include "children.h"
#include "leaf.h"
#include "inner.h"
#include "size.h"
#include "ref.h"
static inline size_t share_bytes(enum node_kind kind); /* share.h's, but node.h asks it */
#include "node.h"
#include "stores.h"
#include "share.h"
#include "ahead.h"

struct hamt {
    ref root;         /* REF_NONE when empty: an empty map has no node */
    size_t size;      /* entries */
    uint64_t changes; /* keys added and removed so far: what makes a cursor stale */
    uint64_t hash_seed;
    struct share share; /* its stores, perhaps in common with other versions */
};

static inline struct array_space *map_arrays(const struct hamt *map) {
    return &share_stores(&map->share)->arrays;
}

static inline struct node_space *map_nodes(const struct hamt *map) {
    return &share_stores(&map->share)->nodes;
}

/* The bits of a key's hash that its way down is read from. */
static inline uint64_t hash_of(const struct hamt *map, hamt_key key) {
    return chunk_hash(key_hash(key, map->hash_seed));
}

#include "build.h"
#include "walk.h"
#include "descend.h"

#endif
