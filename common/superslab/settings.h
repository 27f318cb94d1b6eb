/* settings.h - what the environment may set, read once, before the first block is handed out.
 *
 *     SUPERSLAB=1           0: each block has its own mapping, as if the pool refused everything;
 *                           what concerns the pool is read, done and of no use
 *     SUPERSLAB_SIZE=2M     512K, 1M or 2M: bytes of a SuperSlab, and its alignment
 *     SUPERSLAB_BATCH=64    1..512: blocks a full magazine gives back; it holds twice as many
 *     SUPERSLAB_REFILL=16   1..512: blocks an empty magazine fetches, a batch at most
 *     SUPERSLAB_PREWARM=    class:count[,class:count]: SuperSlabs mapped and touched at the
 *                           start, for the seed's class 0..7; count up to 1024
 *     SUPERSLAB_LOOKUP=mask how a block's area is found: mask, hash or linear (lookup.h)
 *     SUPERSLAB_POOL_CAP=0  SuperSlabs the pool may map; 0: as many as it takes
 *     SUPERSLAB_BACKEND=both  when the pool refuses: legacy (a mapping for each block), pool
 *                           (beyond the cap), both (legacy, beyond the cap if that fails)
 *     SUPERSLAB_STATS=0     1: counters on standard error at exit (stats.h).  Every free then
 *                           takes the slow way, to count lookups: not for timing.
 *
 * A value that makes no sense is told in one line on standard error, and the default holds. */
#ifndef SUPERSLAB_SETTINGS_H
#define SUPERSLAB_SETTINGS_H

#include "common.h"

enum lookup_way { LOOKUP_MASK, LOOKUP_HASH, LOOKUP_LINEAR };
enum backend { BACKEND_LEGACY, BACKEND_BOTH, BACKEND_POOL };
enum { SEED_CLASSES = 8, BATCH_MAX = 512, BATCH_DEFAULT = 64, REFILL_DEFAULT = 16 };

struct settings {
    bool superslab;
    bool stats;
    enum lookup_way lookup;
    enum backend backend;
    unsigned batch, refill;
    size_t area_bytes; /* SUPERSLAB_SIZE */
    size_t pool_cap;
    size_t page_bytes; /* the system's */
    unsigned prewarm[SEED_CLASSES];
};

extern struct settings settings;

void settings_load(void);

#endif
