/* reserved.h - a region in address space of its own (pages.h): it grows where it is, a 32nd at a
 * time, so that little is held that is not used and nothing is copied.
 *
 * A small one is malloc'ed, and so is any for which there is no such space: where the system gives
 * a process only so much of it, and always where addresses have 32 bits.  One that outgrows its
 * space is copied to 32 times as much: with 1 GiB at first, that is once, at some fifty million
 * entries. */
#ifndef RESERVED_H
#define RESERVED_H

#include "pages.h"

enum {
    REGION_STEPS = 32, /* a region in space of its own grows by its size over this, */
    REGION_EARLY = 16, /* or over this, where its pages are brought in early, */
    REGION_SPACE = 32, /* and the space to so many times as much */
};

/* What lies in a region in space of its own: */
enum reserved_pages {
    RESERVED_SMALL = 0, /* whatever pages the system gives */
    RESERVED_LARGE = 1, /* large pages, as soon as it is large */
    RESERVED_READY = 2, /* pages that are brought in as they are taken into use, with RESERVED_LARGE
                           or without; */
    RESERVED_EARLY = 4, /* and with them as many as a REGION_EARLYth of what is in use */
};

struct region {
    char *bytes;
    size_t size;
    size_t space; /* bytes that are reserved; 0: the region is malloc'ed */
};

#include "malloced.h"

static inline void region_free(struct region *region) {
    if (region->space == 0) {
        malloced_free(region);
        return;
    }
    pages_release(region->bytes, region->space, region->size);
    *region = (struct region){0};
}

/* How much is reserved for a region of `size` bytes, which never has more than links can number
 * (granules.h). */
static inline size_t reserved_space(size_t size) {
    assert(size <= SIZE_MAX / REGION_SPACE);
    size_t space = PAGES_FIRST;
    while (space < size)
        space *= REGION_SPACE;
    return space;
}

/* Takes the region's space into use up to `size` bytes.  False when memory is out, and it is as it
 * was. */
static inline bool reserved_use(struct region *region, size_t size, unsigned pages) {
    if (!pages_use(region->bytes, region->size, size - region->size))
        return false;
    if (pages & RESERVED_READY)
        pages_ready(region->bytes, region->size, size - region->size);
    region->size = size;
    return true;
}

/* A region of `size` bytes in space for more; none if the system does not give it. */
static inline struct region reserved_make(size_t size, unsigned pages) {
    struct region made = {.space = reserved_space(size)};
    made.bytes = pages_reserve(made.space);
    if (!made.bytes)
        return (struct region){0};
    if (pages & RESERVED_LARGE)
        pages_large(made.bytes, made.space);
    if (!reserved_use(&made, size, pages)) {
        pages_release(made.bytes, made.space, 0);
        return (struct region){0};
    }
    return made;
}

/* Moves to space for `size` bytes and more; without any, to a malloc'ed block for `needed`. */
static inline bool reserved_move(struct region *region, size_t needed, size_t size,
                                 unsigned pages) {
    struct region made = reserved_make(size, pages);
    if (!made.bytes && region->space == 0)
        return malloced_grow(region, needed);
    if (!made.bytes && !malloced_grow(&made, needed))
        return false;
    if (region->size > 0)
        memcpy(made.bytes, region->bytes, region->size);
    region_free(region);
    *region = made;
    return true;
}

/* As granules.h asks of region_grow, in pages as enum reserved_pages says. */
static inline bool reserved_grow(struct region *region, size_t needed, unsigned pages) {
    if (needed <= PAGES_FROM)
        return malloced_grow(region, needed);
    bool large = pages & RESERVED_LARGE && needed > PAGES_LARGE_FROM;
    size_t step = large ? PAGES_LARGE : pages_step(), more = region->size / REGION_STEPS;
    if (pages & RESERVED_READY)
        more = pages & RESERVED_EARLY ? region->size / REGION_EARLY : 0;
    size_t size = (needed + more + step - 1) / step * step;
    if (size > region->space)
        return reserved_move(region, needed, size, pages);
    return reserved_use(region, size, pages);
}

static inline void region_count(const struct region *region, struct hamt_stats *stats) {
    if (region->space == 0) {
        malloced_count(region, stats);
        return;
    }
    stats->bytes[HAMT_BYTES_NODES] += region->size;
    stats->mapped += region->size;
    stats->blocks++;
}

#endif
