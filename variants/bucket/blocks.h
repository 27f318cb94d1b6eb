/* blocks.h (bucket) - where does a block's memory come from, and what leads to it?
 *
 * Contract.  Blocks are buckets and forks; a `link` leads to one, LINK_NONE to none.
 *   blocks_init    makes the map's store of blocks, empty; it takes no memory
 *   blocks_free    frees the store after its last block; it is as after blocks_init then
 *   block_alloc    a block of at least `bytes` bytes, aligned for uint64_t and pointers; LINK_NONE
 *                  when memory is out.  Any pointer that block_at gave is void after it
 *   block_free     takes a block back, which had `bytes` bytes
 *   block_at       the block that a link leads to which is not marked
 *   link_mark      the same link, marked as one to a fork; link_unmark takes the mark off, if any
 *   link_is_fork   whether it is marked; false for LINK_NONE
 *   link_is_bucket whether it is neither marked nor LINK_NONE: what a search asks first
 *   block_count    adds one block's own memory to *stats, blocks_count that of the store
 * When the last block is gone the store holds what a new one does.
 *
 * Here each block is malloc'ed, and a link is a pointer whose lowest bit is the mark
 * (common/bucket/marks.h). */
#ifndef BLOCKS_H
#define BLOCKS_H

typedef uintptr_t link;

#include "marks.h"

struct blocks {
    char none; /* nothing to remember, and C has no empty struct */
};

static inline void blocks_init(struct blocks *blocks) {
    blocks->none = 0;
}

static inline void blocks_free(struct blocks *blocks) {
    (void)blocks;
}

static inline link block_alloc(struct blocks *blocks, size_t bytes) {
    (void)blocks;
    void *block = mem_alloc(bytes);
    return block ? (link)block : LINK_NONE;
}

static inline void *block_at(const struct blocks *blocks, link block) {
    (void)blocks;
    return (void *)block;
}

static inline void block_free(struct blocks *blocks, link block, size_t bytes) {
    (void)bytes;
    mem_free(block_at(blocks, block));
}

static inline void block_count(const struct blocks *blocks, link block, struct hamt_stats *stats) {
    count_block(stats, HAMT_BYTES_NODES, block_at(blocks, block));
}

static inline void blocks_count(const struct blocks *blocks, struct hamt_stats *stats) {
    (void)blocks, (void)stats;
}

#endif
