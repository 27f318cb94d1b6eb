/* stats.h - what the allocator did, counted, and printed at exit with SUPERSLAB_STATS=1.
 *
 * Only slow ways count, so counting costs the fast ones nothing.  Counters of the seed's classes
 * are arrays of nine: classes 0 to 7 by the bytes asked for, and all that is larger. */
#ifndef SUPERSLAB_STATS_H
#define SUPERSLAB_STATS_H

#include "common.h"
#include "settings.h"

#include <stdatomic.h>

enum counter {
    STAT_EXHAUSTED, /* the pool had no slab for a class and refused one */
    STAT_FALLBACK = STAT_EXHAUSTED + SEED_CLASSES + 1, /* blocks the legacy back end served */
    STAT_REFILLS = STAT_FALLBACK + SEED_CLASSES + 1,   /* magazines filled from slabs */
    STAT_FLUSHES,                                      /* magazines emptied into slabs */
    STAT_SLABS_TAKEN,                                  /* from the pool */
    STAT_SLABS_GIVEN,                                  /* back to it */
    STAT_SLABS_ADOPTED,                                /* of threads that ended */
    STAT_REMOTE_FREES,                                 /* blocks that went home to another thread */
    STAT_LOOKUPS,   /* areas looked up; counted with STATS=1 only */
    STAT_PREWARMED, /* SuperSlabs */
    STAT_LARGE,     /* areas mapped for large blocks */
    STAT_MMAP,      /* calls of mmap */
    STAT_MUNMAP,    /* of munmap */
    STAT_MREMAP,
    STAT_MADVISE,
    STAT_SUPERSLABS_NOW, /* mapped */
    STAT_SUPERSLABS_MOST,
    STAT_AREAS_NOW, /* SuperSlabs, areas of large blocks, areas of legacy blocks */
    STAT_AREAS_MOST,
    STATS
};

extern atomic_ulong stats[STATS];

static inline void stat_add_many(enum counter counter, unsigned long more) {
    atomic_fetch_add_explicit(&stats[counter], more, memory_order_relaxed);
}

static inline void stat_add(enum counter counter) {
    stat_add_many(counter, 1);
}

/* Adds to STAT_..._NOW, and keeps the most it has been in the counter after it. */
void stat_mapped(enum counter now);
void stat_unmapped(enum counter now);

/* The seed's class for so many bytes; SEED_CLASSES for more than 1,024. */
static inline unsigned seed_class_of(size_t bytes) {
    if (bytes <= 8)
        return 0;
    return bytes > 1024 ? SEED_CLASSES : 61 - (unsigned)__builtin_clzl(bytes - 1);
}

/* A child of fork counts what it does itself; what it has mapped from its parent counts as its own.
 */
void stats_in_child(void);

/* Once the settings are known: keeps standard error, which a program may close before it ends. */
void stats_start(void);

#endif
