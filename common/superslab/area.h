/* area.h - every block lies in an area, and every area begins at a multiple of the SuperSlab size.
 *
 *     area, aligned to SUPERSLAB_SIZE
 *     +--------+-----------+--------------------+---------+----------------------
 *     | kind   | tags[33]  | of the kind's own  |         | blocks
 *     +--------+-----------+--------------------+---------+----------------------
 *
 * So a block's area is found from its address alone: one less, the low bits cleared.  ("One less"
 * lets a block begin where the next area would: one with an alignment of a SuperSlab or more does.)
 * There are three kinds: a SuperSlab, cut into slabs; the area of one large block; an area of
 * blocks that the legacy back end maps one by one.
 *
 * free begins with the tag of the 64 KiB in which the block lies.  Where there is no slab, tags
 * have no owner and free goes the slow way, which looks at the kind.  A tag's fields change only
 * while no block of its slab is in use, except the owner (heap.h says when). */
#ifndef SUPERSLAB_AREA_H
#define SUPERSLAB_AREA_H

#include "common.h"
#include "settings.h"
#include "size_class.h"

#include <stdatomic.h>

enum area_kind { AREA_SUPERSLAB = 1, AREA_LARGE, AREA_LEGACY };

enum { AREA_SLABS_MAX = 32 };

struct heap;

/* The 16 bytes that free reads of each slab; apart from the rest, so that they stay in cache. */
struct slab_tag {
    _Atomic(struct heap *) owner; /* NULL: no slab, or one that is not in use */
    uint16_t class;
    uint8_t first; /* the run's first slab */
};

struct area {
    enum area_kind kind;
    size_t mapped; /* bytes, from the area's address on */
    _Alignas(64) struct slab_tag tags[AREA_SLABS_MAX + 1];
};

/* The area in which a block lies, or what lies in its head; a guess for any other address. */
static inline struct area *area_at(const void *inside) {
    return (struct area *)(((uintptr_t)inside - 1) & ~(uintptr_t)(settings.area_bytes - 1));
}

static inline struct slab_tag *area_tag(struct area *area, const void *block) {
    return &area->tags[((uintptr_t)block - (uintptr_t)area) >> SLAB_SHIFT];
}

/* Maps an area of `bytes`, zeroed, and registers it.  What lies at `offset` is aligned to
 * `alignment`, a power of two, as well.  NULL when memory is out. */
struct area *area_map(enum area_kind kind, size_t bytes, size_t offset, size_t alignment);

/* Gives all of an area back. */
void area_unmap(struct area *area);

/* The same area with another number of bytes, elsewhere perhaps, the first ones kept.  NULL when
 * memory is out; nothing has changed then. */
struct area *area_resize(struct area *area, size_t bytes);

#endif
