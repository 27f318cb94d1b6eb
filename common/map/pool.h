/* pool.h - blocks by size class, cut from chunks that malloc gives and that become ever larger.
 *
 *     chunks -> [ newest: block | block | ... | unused ] -> [ older: block | block ] -> ...
 *
 * A block has no header: whoever gives it back says its class, and there it waits in a list until
 * the class is asked for again.  When the last block has been given back, all chunks go.
 *
 * What blocks are taken from, when there is none of their class, and how large a chunk is, is
 * decided by whoever includes it.  They have
 *   size_unit          the type that blocks and chunks are made of; one has room for a pointer
 *   SIZE_CLASSES       the number of classes, which become larger and begin with one unit
 *   size_class_units   units in a block of a class
 *   size_class_within  the largest class with no more than so many units, which are one at least
 * and the free blocks, as free_lists.h has them:
 *   struct free_lists  all 0 is none; first[] has the first free block of each class
 *   free_put           adds a block
 *   free_pop           takes the first one of a class, which has one
 *   free_check         the first broken invariant, NULL if all hold */
#ifndef POOL_H
#define POOL_H

#include "count.h"
#include "mem.h"

#include <assert.h>

struct pool_chunk {
    struct pool_chunk *older;
    size_unit units[];
};

struct pool {
    struct pool_chunk *chunks; /* newest first */
    size_unit *unused;         /* the rest of the newest chunk: */
    size_t unused_units;       /*   units in it */
    size_t capacity;           /* units in all chunks */
    size_t live;               /* units in blocks in use */
    struct free_lists free;
};

static_assert(sizeof(size_unit) >= sizeof(struct free_block) &&
                  _Alignof(size_unit) >= _Alignof(struct free_block),
              "the smallest block has room for the list's pointer");

/* Gives all memory back; the pool is as a new one then, whose fields are all 0. */
static inline void pool_free(struct pool *pool) {
    while (pool->chunks) {
        struct pool_chunk *older = pool->chunks->older;
        mem_free(pool->chunks);
        pool->chunks = older;
    }
    *pool = (struct pool){0};
}

/* Cuts units into free blocks of the largest classes that fit. */
static inline void pool_put_pieces(struct pool *pool, size_unit *at, size_t units) {
    while (units > 0) {
        unsigned size_class = size_class_within(units);
        free_put(&pool->free, at, size_class);
        at += size_class_units(size_class);
        units -= size_class_units(size_class);
    }
}

/* A new chunk of so many units, whose bytes a size_t can tell.  What was unused of the old one
 * becomes free blocks.  False when memory is out. */
static inline bool pool_grow(struct pool *pool, size_t units) {
    struct pool_chunk *chunk = mem_alloc(sizeof *chunk + units * sizeof(size_unit));
    if (!chunk)
        return false;
    pool_put_pieces(pool, pool->unused, pool->unused_units);
    chunk->older = pool->chunks;
    pool->chunks = chunk;
    pool->unused = chunk->units;
    pool->unused_units = units;
    pool->capacity += units;
    return true;
}

/* The next so many units that are unused, of which there are enough. */
static inline size_unit *pool_cut_unused(struct pool *pool, size_t units) {
    size_unit *block = pool->unused;
    pool->unused += units;
    pool->unused_units -= units;
    return block;
}

/* Takes a block back. */
static inline void pool_give(struct pool *pool, void *block, unsigned size_class) {
    free_put(&pool->free, block, size_class);
    pool->live -= size_class_units(size_class);
    if (pool->live == 0)
        pool_free(pool);
}

/* A block has a smaller class from now on; what is left of it becomes free blocks. */
static inline void pool_trim(struct pool *pool, void *block, unsigned had, unsigned wanted) {
    size_t kept = size_class_units(wanted);
    size_t rest = size_class_units(had) - kept;
    pool_put_pieces(pool, (size_unit *)block + kept, rest);
    pool->live -= rest;
}

static inline const char *pool_check(const struct pool *pool) {
    size_t units = pool->live + pool->unused_units;
    for (unsigned size_class = 0; size_class < SIZE_CLASSES; size_class++)
        for (const struct free_block *block = pool->free.first[size_class]; block;
             block = block->next)
            units += size_class_units(size_class);
    if (units != pool->capacity)
        return "pool: every unit is in use, free, or not used yet";
    return free_check(&pool->free);
}

/* Adds all chunks to the memory used for `use`. */
static inline void pool_count(const struct pool *pool, enum hamt_bytes use,
                              struct hamt_stats *stats) {
    for (const struct pool_chunk *chunk = pool->chunks; chunk; chunk = chunk->older)
        count_block(stats, use, chunk);
}

#endif
