/* tables.h - memory for tables: a pool for each size from 1 to 32 rows.
 *
 *     pool[3]   free  -> [ dead table ] -> [ dead table ] -> ...    threaded through first rows
 *               blocks -> [ 4 tables | .... ] -> [ 2 tables ] -> [ 1 table ]
 *                           used ->^
 *
 * A table changes its size with each row it gets or loses, so the pool of one size is forever
 * taking in what the next has handed out.  A dead table is the first to be born again.  Only when
 * no table is dead and the newest block is used up, a block twice as large is added.  Blocks go
 * back all together, when the map is empty.
 *
 * Only collision tables can have more than 32 rows; each of those is a block of its own. */
#ifndef TABLES_H
#define TABLES_H

#include "count.h"
#include "mem.h"
#include "rows.h"

struct table_block {
    struct table_block *older;
    size_t capacity; /* in rows */
    struct row rows[];
};

struct pool {
    struct row *free;           /* its `rows` leads to the next one */
    struct table_block *blocks; /* newest first; the older ones are used up */
    size_t used;                /* rows of the newest block that are, or have been, in use */
    size_t allocations;         /* tables handed out so far */
};

struct tables {
    struct pool pool[FAN_OUT]; /* that of n rows at n - 1 */
    size_t large;              /* tables alive that are blocks of their own */
};

/* Adds a block to the pool of `count` rows.  False when memory is out. */
static inline bool pool_grow(struct pool *pool, unsigned count) {
    size_t capacity = pool->blocks ? pool->blocks->capacity * 2 : count;
    struct table_block *block = mem_alloc(sizeof *block + capacity * sizeof *block->rows);
    if (!block)
        return false;
    *block = (struct table_block){.older = pool->blocks, .capacity = capacity};
    pool->blocks = block;
    pool->used = 0;
    return true;
}

static inline struct row *tables_alloc_large(struct tables *tables, unsigned count) {
    struct row *rows = mem_alloc(count * sizeof *rows);
    tables->large += rows != NULL;
    return rows;
}

/* Memory for a table of `count` rows; NULL when memory is out. */
OUTLINED struct row *tables_alloc(struct tables *tables, unsigned count) {
    assert(count > 0);
    if (count > FAN_OUT)
        return tables_alloc_large(tables, count);
    struct pool *pool = &tables->pool[count - 1];
    struct row *rows = pool->free;
    if (rows) {
        pool->free = rows->rows;
    } else {
        if ((!pool->blocks || pool->used == pool->blocks->capacity) && !pool_grow(pool, count))
            return NULL;
        rows = pool->blocks->rows + pool->used;
        pool->used += count;
    }
    pool->allocations++;
    return rows;
}

/* Takes back a table.  room: the number of rows it was made for. */
OUTLINED void tables_free(struct tables *tables, struct row *rows, unsigned room) {
    assert(room > 0);
    if (room > FAN_OUT) {
        mem_free(rows);
        tables->large--;
        return;
    }
    struct pool *pool = &tables->pool[room - 1];
    rows->rows = pool->free;
    pool->free = rows;
}

/* Gives back every block of every pool.  No table may be alive. */
static inline void tables_release(struct tables *tables) {
    assert(tables->large == 0);
    for (unsigned i = 0; i < FAN_OUT; i++) {
        struct pool *pool = &tables->pool[i];
        while (pool->blocks) {
            struct table_block *older = pool->blocks->older;
            mem_free(pool->blocks);
            pool->blocks = older;
        }
        *pool = (struct pool){.allocations = pool->allocations};
    }
}

/* Adds the blocks of the pools, but not the tables that are blocks of their own. */
static inline void tables_count(const struct tables *tables, struct hamt_stats *stats) {
    for (unsigned i = 0; i < FAN_OUT; i++) {
        const struct pool *pool = &tables->pool[i];
        stats->pool_allocations += pool->allocations;
        stats->pool_slots_used += pool->allocations * (i + 1);
        for (const struct table_block *block = pool->blocks; block; block = block->older) {
            count_block(stats, HAMT_BYTES_CHILDREN, block);
            stats->pool_slots_capacity += block->capacity;
        }
    }
}

/* Is this the address of a table of `count` rows in one of the pool's blocks? */
static inline bool pool_owns(const struct pool *pool, unsigned count, const struct row *rows) {
    for (const struct table_block *block = pool->blocks; block; block = block->older) {
        uintptr_t offset = (uintptr_t)rows - (uintptr_t)block->rows;
        if (offset < block->capacity * sizeof *rows)
            return offset % (count * sizeof *rows) == 0;
    }
    return false;
}

/* Every table that the pool of `count` rows has cut from its blocks is either alive or free. */
static inline const char *pool_check(const struct pool *pool, unsigned count, size_t live) {
    size_t cut = 0, dead = 0;
    for (const struct table_block *block = pool->blocks; block; block = block->older)
        cut += (block == pool->blocks ? pool->used : block->capacity) / count;
    for (const struct row *rows = pool->free; rows; rows = rows->rows) {
        if (!pool_owns(pool, count, rows))
            return "tables: a free table lies in a block of its pool";
        if (++dead > cut)
            return "tables: a free list has an end";
    }
    return dead + live == cut ? NULL : "tables: every table is alive or free";
}

/* live: tables alive, at [n - 1] those made for n rows.  large: tables alive that are larger. */
static inline const char *tables_check(const struct tables *tables, const size_t live[FAN_OUT],
                                       size_t large) {
    const char *broken = NULL;
    if (large != tables->large)
        broken = "tables: the tables in blocks of their own are counted";
    for (unsigned i = 0; i < FAN_OUT && !broken; i++)
        broken = pool_check(&tables->pool[i], i + 1, live[i]);
    return broken;
}

#endif
