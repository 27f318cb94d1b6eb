/* blocks.h (bucket) - where does a block's memory come from, and what leads to it?
 *
 * Contract.  Blocks are buckets and forks; a `link` leads to one, LINK_NONE to none.
 *   blocks_init    makes the map's store of blocks, empty; it takes no memory
 *   blocks_free    frees the store after its last block; it is as after blocks_init then
 *   block_alloc    a block of at least `bytes` bytes, aligned for uint64_t and pointers; LINK_NONE
 *                  when memory is out.  Any pointer that block_at gave is void after it
 *   block_free     takes a block back, which had `bytes` bytes
 *   block_at       the block that a link leads to, whatever it is marked with
 *   link_mark      the same link, marked as one to a fork
 *   link_is_fork   whether it is; false for LINK_NONE
 *   block_count    adds one block's own memory to *stats, blocks_count that of the store
 * When the last block is gone the store holds what a new one does.
 *
 * Here each block is malloc'ed, and a link is a pointer whose lowest bit is the mark. */
#ifndef BLOCKS_H
#define BLOCKS_H

typedef uintptr_t link;

#define LINK_NONE ((link)0)

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
    return (link)mem_alloc(bytes);
}

static inline void *block_at(const struct blocks *blocks, link block) {
    (void)blocks;
    return (void *)(block & ~(link)1);
}

static inline void block_free(struct blocks *blocks, link block, size_t bytes) {
    (void)bytes;
    mem_free(block_at(blocks, block));
}

static inline link link_mark(link block) {
    return block | 1;
}

static inline bool link_is_fork(link block) {
    return block & 1;
}

static inline void block_count(const struct blocks *blocks, link block, struct hamt_stats *stats) {
    count_block(stats, HAMT_BYTES_NODES, block_at(blocks, block));
}

static inline void blocks_count(const struct blocks *blocks, struct hamt_stats *stats) {
    (void)blocks, (void)stats;
}

#endif
