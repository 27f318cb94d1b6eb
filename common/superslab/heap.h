/* heap.h - what a thread has: magazines of blocks, and the slabs they come from.
 *
 *     malloc <- magazine of the class -> refill -> slabs of the thread's heap -> pool
 *     free   -> magazine of the class -> flush  -> ...
 *            -> the thread's blocks to send home, if the slab is another heap's
 *
 * A magazine is an array of free blocks, used as a stack, so the block last freed is the next one
 * handed out.  malloc and free touch nothing but its top and the slab's tag, without a lock or an
 * atomic instruction; malloc prefetches the block below.  When it runs out, some come from the
 * heap's slabs; when it is full, the half that was freed longest ago goes back to them.  So a slab
 * knows within a bounded number of blocks what is in use, and becomes empty: the seed's per-thread
 * list grew without bound, and its slabs never did.
 *
 * Slabs belong to a heap; its lock guards their bitmaps and lists.  Its own thread takes it for
 * each refill and flush; other threads take it to bring blocks home, some dozens at a time.  A
 * block is never reused by a thread to which it does not belong.
 *
 * `shared` is a heap without a thread: it has the slabs of threads that ended, and serves those
 * that are about to (whose heap is gone already) and those for which there was no memory for a
 * heap.  Its magazines hold nothing, so each of its blocks is moved under its lock.  A heap that
 * finds none of its own slabs adopts one of these before it asks the pool.
 *
 * A slab's owner changes under the lock of the heap it leaves, by that heap's own thread or, if it
 * is `shared`, by the one that adopts it: so a thread that reads its own heap there may trust it,
 * and another one reads it again under the lock.
 *
 * What takes a lock is called behind the gate (gate.h).  Locks are taken in this order: heaps, a
 * heap, shared, legacy, large, pool, lookup. */
#ifndef SUPERSLAB_HEAP_H
#define SUPERSLAB_HEAP_H

#include "pool.h"
#include "say.h"

#include <pthread.h>

struct magazine {
    uint32_t count, capacity;
    void **blocks; /* there is a place before the first, which no block is in */
};

/* There is room for the block.  It must not be the one on top: freed twice, it would be handed out
 * twice. */
static inline void magazine_put(struct magazine *magazine, void *block) {
    void **top = magazine->blocks + magazine->count;
    if (UNLIKELY(top[-1] == block))
        die_not_in_use("free", block);
    *top = block;
    magazine->count++;
}

enum { AWAY_MAX = 64, AWAY_BYTES = 64 << 10 };

struct heap {
    /* Its thread's alone. */
    struct magazine magazines[CLASSES];
    unsigned away_count; /* blocks of other heaps, to be sent home */
    size_t away_bytes;
    void *away[AWAY_MAX];

    struct heap *next;  /* in the list of thread.c */
    atomic_bool taken;  /* has a thread */
    atomic_uint inside; /* threads that passed the gate for it (gate.h) */

    /* Under the lock. */
    pthread_mutex_t lock;
    struct slab *partial[CLASSES]; /* slabs with free blocks */
    struct slab *full[CLASSES];    /* slabs without */
};

extern struct heap shared;

/* A heap without slabs; NULL when memory is out. */
struct heap *heap_new(void);

/* A block of the class for the heap's thread, which found its magazine empty.  NULL when the pool
 * refuses a slab. */
void *heap_refill(struct heap *heap, unsigned class, bool beyond_cap);

/* Takes a block of a slab back, into the magazine or among those to be sent home, where there is
 * room: nothing that other threads see is changed.  False if there is none. */
bool heap_keep(struct heap *heap, struct area *area, void *block);

/* Takes back a block that it would not keep: half of the magazine, or all that are to be sent home,
 * go to their slabs. */
void heap_free(struct heap *heap, struct area *area, void *block);

/* A heap loses its thread: empties its magazines; its slabs go to the pool, or to `shared`. */
void heap_retire(struct heap *heap);

/* The same for the heap of a thread that is not there any more, after a fork: what its magazines
 * held is lost, as they may have been caught half changed. */
void heap_bury(struct heap *heap);

#endif
