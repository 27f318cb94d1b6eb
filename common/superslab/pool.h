/* pool.h - the SuperSlabs, shared by all threads, and their slabs that nobody uses.
 *
 *     SuperSlab: an area with a head, and 64 KiB slabs; the first one begins behind the head
 *     +------+------+-------+---------+---------------------+----------+-- ... --+----------+
 *     | kind | tags | slabs | bitmaps | slab 0, the shorter | slab 1   |         | slab 31  |
 *     +------+------+-------+---------+---------------------+----------+-- ... --+----------+
 *
 * A slab that is free may still hold pages.  Of such, the pool keeps 16 MiB, and what was
 * prewarmed: as long as a program's needs swing within that, the kernel hears nothing.  Beyond it a
 * SuperSlab that becomes empty is unmapped, and the pages of a free slab among used ones are given
 * back. */
#ifndef SUPERSLAB_POOL_H
#define SUPERSLAB_POOL_H

#include "guard.h"
#include "slab.h"

enum { EVERY_CLASS = 255 };

struct superslab {
    struct area area;
    struct superslab *next, *previous; /* in the pool's list of those with a free slab */
    uint32_t free;                     /* a bit for each slab that nobody uses */
    uint32_t dirty;                    /* a bit for each slab that may hold pages */
    uint8_t seed_class;                /* the one it was prewarmed for; EVERY_CLASS */
    struct slab slabs[AREA_SLABS_MAX];
    struct guard_bits live[GUARD ? AREA_SLABS_MAX : 1]; /* guard.h's, which blocks are in use */
    uint64_t bitmaps[][BITMAP_WORDS];                   /* one for each slab */
};

static inline struct superslab *superslab_of(struct area *area) {
    return (struct superslab *)area;
}

static inline struct slab *slab_of(struct area *area, const void *block) {
    return &superslab_of(area)->slabs[area_tag(area, block)->first];
}

/* Once the settings are known.  Prewarms what they ask for, as far as memory and the cap allow:
 * maps and touches SuperSlabs, and keeps that much more.  They serve the classes they are meant
 * for, and others only before a new one would have to be mapped. */
void pool_start(void);

/* A slab, or a run of them, for a class; all its blocks are free, its owner is to be set.
 * beyond_cap: the cap on SuperSlabs does not hold.  NULL: the pool refuses, for the cap or because
 * memory is out. */
struct slab *pool_acquire(unsigned class, bool beyond_cap);

/* Takes an empty slab back.  It is in no list. */
void pool_release(struct slab *slab);

/* Sets the owner of all the run's slabs. */
void slab_set_owner(struct slab *slab, struct heap *owner);

#endif
