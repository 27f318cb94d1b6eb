/* reserved.h - a region in address space of its own (pages.h): it grows where it is, a 32nd at a
 * time, so that little is held that is not used and nothing is copied.
 *
 * A small one is malloc'ed.  One that outgrows its space is copied to 32 times as much: with 1 GiB
 * at first, that is once, at some fifty million entries. */
#ifndef RESERVED_H
#define RESERVED_H

#include "pages.h"

enum {
    REGION_FIRST = 512, /* bytes */
    REGION_GROWTH = 8,  /* a malloc'ed region grows by its size over this, */
    REGION_STEPS = 32,  /* one in space of its own by its size over this, */
    REGION_SPACE = 32,  /* and the space to so many times as much */
};

struct region {
    char *bytes;
    size_t size;
    size_t space; /* bytes that are reserved; 0: the region is malloc'ed */
};

static inline void region_free(struct region *region) {
    if (region->space > 0)
        pages_release(region->bytes, region->space, region->size);
    else
        mem_free(region->bytes);
    *region = (struct region){0};
}

static inline bool reserved_malloced(struct region *region, size_t needed) {
    size_t size = needed + region->size / REGION_GROWTH;
    size = size < REGION_FIRST ? REGION_FIRST : size;
    char *bytes = (char *)mem_resize(region->bytes, size);
    if (!bytes)
        return false;
    *region = (struct region){.bytes = bytes, .size = size};
    return true;
}

/* Moves to space for `size` bytes and more. */
static inline bool reserved_moved(struct region *region, size_t size, bool large) {
    struct region made = {.size = size, .space = PAGES_FIRST};
    while (made.space < size)
        made.space *= REGION_SPACE;
    made.bytes = pages_reserve(made.space);
    if (!made.bytes)
        return false;
    if (large)
        pages_large(made.bytes, made.space);
    if (!pages_use(made.bytes, 0, size)) {
        pages_release(made.bytes, made.space, 0);
        return false;
    }
    if (region->size > 0)
        memcpy(made.bytes, region->bytes, region->size);
    region_free(region);
    *region = made;
    return true;
}

/* As granules.h asks of region_grow; `large`: in large pages, as soon as it is. */
static inline bool reserved_grow(struct region *region, size_t needed, bool large) {
    if (needed <= PAGES_FROM)
        return reserved_malloced(region, needed);
    size_t step = large && needed > PAGES_LARGE_FROM ? PAGES_LARGE : PAGES_STEP;
    size_t size = (needed + region->size / REGION_STEPS + step - 1) / step * step;
    if (size > region->space)
        return reserved_moved(region, size, large);
    if (!pages_use(region->bytes, region->size, size - region->size))
        return false;
    region->size = size;
    return true;
}

static inline void region_count(const struct region *region, struct hamt_stats *stats) {
    if (region->space == 0) {
        count_block(stats, HAMT_BYTES_NODES, region->bytes);
        return;
    }
    stats->bytes[HAMT_BYTES_NODES] += region->size;
    stats->blocks++;
}

#endif
