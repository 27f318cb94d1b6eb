/* records.h - the caller's memory: what the keys and values of the rows point to.
 *
 * Records lie in blocks, one behind the other in the order of insertion, as in the array from which
 * a program fills its map.  A block holds twice as many as the one before it, up to a limit; the
 * first has room for all the entries that were announced.  The record of a removed entry is the
 * first to be used again.  Blocks go back all together, when the map is empty. */
#ifndef RECORDS_H
#define RECORDS_H

#include "count.h"
#include "keyops.h"
#include "mem.h"

#include <assert.h>

enum {
    RECORDS_FIRST = 16,
    RECORDS_MOST = 4096 /* records in the first block, and in a late one */
};

/* A free one has a key of zeros, which owns nothing, and for its value the address of the next. */
struct record {
    hamt_key key;
    uint64_t value;
};

struct record_block {
    struct record_block *older;
    size_t capacity;
    size_t used; /* records that are, or have been, in use */
    struct record records[];
};

struct records {
    struct record *free;
    struct record_block *blocks; /* newest first; the older ones are used up */
    size_t expected;             /* entries announced by the configuration */
};

/* Adds a block.  False when memory is out. */
static inline bool records_grow(struct records *records) {
    const struct record_block *last = records->blocks;
    size_t capacity = last ? last->capacity * 2 : RECORDS_FIRST;
    if (capacity > RECORDS_MOST)
        capacity = RECORDS_MOST;
    if (!last && records->expected > capacity)
        capacity = records->expected;
    struct record_block *block = NULL;
    if (capacity <= (SIZE_MAX - sizeof *block) / sizeof *block->records)
        block = mem_alloc(sizeof *block + capacity * sizeof *block->records);
    if (!block)
        return false;
    *block = (struct record_block){.older = records->blocks, .capacity = capacity};
    records->blocks = block;
    return true;
}

static inline struct record *record_next_free(const struct record *record) {
    return (struct record *)(uintptr_t)record->value;
}

/* Puts a record whose key owns nothing onto the free list. */
static inline void record_recycle(struct records *records, struct record *record) {
    *record = (struct record){.value = (uintptr_t)records->free};
    records->free = record;
}

/* A record with a copy of the key; NULL when memory is out. */
static inline struct record *record_new(struct records *records, hamt_key key, uint64_t value) {
    struct record *record = records->free;
    if (record) {
        records->free = record_next_free(record);
    } else {
        struct record_block *block = records->blocks;
        if (!block || block->used == block->capacity) {
            if (!records_grow(records))
                return NULL;
            block = records->blocks;
        }
        record = &block->records[block->used++];
    }
    if (!key_clone(&record->key, key)) {
        record_recycle(records, record);
        return NULL;
    }
    record->value = value;
    return record;
}

static inline void record_drop(struct records *records, struct record *record) {
    key_drop(record->key);
    record_recycle(records, record);
}

/* Drops every record and gives back every block. */
static inline void records_release(struct records *records) {
    while (records->blocks) {
        struct record_block *block = records->blocks;
        for (size_t i = 0; i < block->used; i++)
            key_drop(block->records[i].key);
        records->blocks = block->older;
        mem_free(block);
    }
    records->free = NULL;
}

static inline void records_count(const struct records *records, struct hamt_stats *stats) {
    for (const struct record_block *block = records->blocks; block; block = block->older)
        count_block(stats, HAMT_BYTES_ENTRIES, block);
}

/* Is this the address of a record that has been in use? */
static inline bool records_own(const struct records *records, const struct record *record) {
    for (const struct record_block *block = records->blocks; block; block = block->older) {
        uintptr_t offset = (uintptr_t)record - (uintptr_t)block->records;
        if (offset < block->used * sizeof *record)
            return offset % sizeof *record == 0;
    }
    return false;
}

/* live: records that rows point to. */
static inline const char *records_check(const struct records *records, size_t live) {
    size_t used = 0, dead = 0;
    for (const struct record_block *block = records->blocks; block; block = block->older) {
        if (block->used > block->capacity)
            return "records: a block is within its capacity";
        used += block->used;
    }
    for (const struct record *record = records->free; record; record = record_next_free(record)) {
        if (!records_own(records, record))
            return "records: a free record lies in a block";
        if (++dead > used)
            return "records: the free list has an end";
    }
    return live + dead == used ? NULL : "records: every record is alive or free";
}

#endif
