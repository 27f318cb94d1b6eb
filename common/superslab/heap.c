/* heap.c - see heap.h. */
#include "heap.h"

#include "lock.h"
#include "lookup.h"
#include "os.h"
#include "settings.h"
#include "stats.h"

#include <string.h>

struct heap shared = {.lock = PTHREAD_MUTEX_INITIALIZER};

struct heap *heap_new(void) {
    size_t places = CLASSES; /* one before each magazine, as malloc looks below the top of it */
    for (unsigned class = 0; class < CLASSES; class ++)
        places += size_classes[class].magazine;
    struct heap *heap = os_map(sizeof *heap + places * sizeof(void *));
    if (!heap)
        return NULL;
    pthread_mutex_init(&heap->lock, NULL);
    void **next = (void **)(heap + 1);
    for (unsigned class = 0; class < CLASSES; class ++) {
        uint32_t capacity = size_classes[class].magazine;
        *next++ = heap;
        heap->magazines[class] = (struct magazine){.capacity = capacity, .blocks = next};
        next += capacity;
    }
    return heap;
}

/* ---- Slabs to blocks ---- */

/* A slab with free blocks that a thread which ended left behind.  The heap's lock is held. */
static struct slab *adopt(struct heap *heap, unsigned class) {
    if (heap == &shared)
        return NULL;
    lock_take(&shared.lock);
    struct slab *slab = shared.partial[class];
    if (slab) {
        slab_unlink(&shared.partial[class], slab);
        slab_set_owner(slab, heap);
    }
    pthread_mutex_unlock(&shared.lock);
    if (slab)
        stat_add(STAT_SLABS_ADOPTED);
    return slab;
}

/* One that nobody had. */
static struct slab *acquire(struct heap *heap, unsigned class, bool beyond_cap) {
    struct slab *slab = pool_acquire(class, beyond_cap);
    if (slab)
        slab_set_owner(slab, heap);
    return slab;
}

/* Blocks of the heap's slabs; of a new one if they have none.  The lock is held. */
static unsigned take(struct heap *heap, unsigned class, void **blocks, unsigned wanted,
                     bool beyond_cap) {
    unsigned taken = 0;
    while (taken < wanted) {
        struct slab *slab = heap->partial[class];
        if (!slab) {
            if (taken)
                break;
            if (!(slab = adopt(heap, class)) && !(slab = acquire(heap, class, beyond_cap)))
                break;
            slab_link(&heap->partial[class], slab);
        }
        taken += slab_take(slab, blocks + taken, wanted - taken);
        if (slab->used == slab->capacity) {
            slab_unlink(&heap->partial[class], slab);
            slab_link(&heap->full[class], slab);
        }
    }
    return taken;
}

void *heap_refill(struct heap *heap, unsigned class, bool beyond_cap) {
    struct magazine *magazine = &heap->magazines[class];
    void *single = NULL;
    void **blocks = magazine->capacity ? magazine->blocks : &single;
    unsigned wanted = magazine->capacity ? size_classes[class].refill : 1;

    lock_take(&heap->lock);
    unsigned taken = take(heap, class, blocks, wanted, beyond_cap);
    pthread_mutex_unlock(&heap->lock);
    if (!taken)
        return NULL;
    stat_add(STAT_REFILLS);
    /* The first ones are the lowest: they are to be on top. */
    for (unsigned i = 0, j = taken - 1; i < j; i++, j--) {
        void *block = blocks[i];
        blocks[i] = blocks[j];
        blocks[j] = block;
    }
    if (magazine->capacity)
        magazine->count = taken - 1;
    return blocks[taken - 1];
}

/* ---- Blocks to slabs ---- */

/* A block comes home.  The lock of the heap, which owns the slab, is held. */
static void put(struct heap *heap, struct slab *slab, void *block) {
    unsigned class = slab->class;
    if (slab->used == slab->capacity) {
        slab_unlink(&heap->full[class], slab);
        slab_link(&heap->partial[class], slab);
    }
    if (!slab_put(slab, block))
        die_not_in_use("free", block);
    if (!slab->used) { /* the pool keeps its pages for a while */
        slab_unlink(&heap->partial[class], slab);
        pool_release(slab);
    }
}

/* The `count` blocks at the bottom of the magazine, freed longest ago, go back to their slabs. */
static void flush(struct heap *heap, struct magazine *magazine, unsigned count) {
    stat_add(STAT_FLUSHES);
    lock_take(&heap->lock);
    for (unsigned i = 0; i < count; i++)
        put(heap, slab_of(area_at(magazine->blocks[i]), magazine->blocks[i]), magazine->blocks[i]);
    pthread_mutex_unlock(&heap->lock);
    magazine->count -= count;
    memmove(magazine->blocks, magazine->blocks + count, magazine->count * sizeof(void *));
}

/* Brings blocks home to heaps of other threads: all of the first one's owner, then all of the next
 * one's that is left, and so on. */
static void send_home(void **blocks, unsigned count) {
    while (count) {
        struct heap *owner = atomic_load_explicit(&area_tag(area_at(blocks[0]), blocks[0])->owner,
                                                  memory_order_relaxed);
        unsigned left = 0;
        if (UNLIKELY(!owner)) /* the pool has its slab */
            die_not_in_use("free", blocks[0]);
        lock_take(&owner->lock);
        for (unsigned i = 0; i < count; i++) {
            struct area *area = area_at(blocks[i]);
            /* It may have changed before the lock was ours; not while it is, if it is this one. */
            if (atomic_load_explicit(&area_tag(area, blocks[i])->owner, memory_order_relaxed) ==
                owner)
                put(owner, slab_of(area, blocks[i]), blocks[i]);
            else
                blocks[left++] = blocks[i];
        }
        pthread_mutex_unlock(&owner->lock);
        count = left;
    }
}

static void send_all_home(struct heap *heap) {
    if (heap->away_count)
        stat_add_many(STAT_REMOTE_FREES, heap->away_count);
    send_home(heap->away, heap->away_count);
    heap->away_count = 0;
    heap->away_bytes = 0;
}

static bool is_own(const struct heap *heap, struct slab_tag *tag) {
    return atomic_load_explicit(&tag->owner, memory_order_relaxed) == heap;
}

bool heap_keep(struct heap *heap, struct area *area, void *block) {
    struct slab_tag *tag = area_tag(area, block);
    struct magazine *magazine = &heap->magazines[tag->class];
    if (is_own(heap, tag)) {
        if (magazine->count == magazine->capacity)
            return false;
        magazine_put(magazine, block);
        return true;
    }
    size_t bytes = heap->away_bytes + size_classes[tag->class].bytes;
    if (heap == &shared || heap->away_count == AWAY_MAX - 1 || bytes >= AWAY_BYTES)
        return false;
    heap->away[heap->away_count++] = block;
    heap->away_bytes = bytes;
    return true;
}

void heap_free(struct heap *heap, struct area *area, void *block) {
    struct slab_tag *tag = area_tag(area, block);
    struct magazine *magazine = &heap->magazines[tag->class];
    if (heap == &shared) {
        send_home(&block, 1);
    } else if (is_own(heap, tag)) {
        flush(heap, magazine, size_classes[tag->class].batch);
        magazine_put(magazine, block);
    } else {
        heap->away[heap->away_count++] = block;
        send_all_home(heap);
    }
}

/* ---- Beginnings and ends ---- */

static void hand_over(struct slab **from, struct slab **to) {
    while (*from) {
        struct slab *slab = *from;
        slab_unlink(from, slab);
        if (slab->used) {
            slab_set_owner(slab, &shared);
            slab_link(to, slab);
        } else {
            pool_release(slab);
        }
    }
}

static void hand_over_all(struct heap *heap) {
    for (unsigned class = 0; class < CLASSES; class ++) {
        hand_over(&heap->partial[class], &shared.partial[class]);
        hand_over(&heap->full[class], &shared.full[class]);
    }
}

void heap_retire(struct heap *heap) {
    send_all_home(heap);
    for (unsigned class = 0; class < CLASSES; class ++)
        if (heap->magazines[class].count)
            flush(heap, &heap->magazines[class], heap->magazines[class].count);
    lock_take(&heap->lock);
    lock_take(&shared.lock);
    hand_over_all(heap);
    pthread_mutex_unlock(&shared.lock);
    pthread_mutex_unlock(&heap->lock);
}

void heap_bury(struct heap *heap) {
    for (unsigned class = 0; class < CLASSES; class ++)
        heap->magazines[class].count = 0;
    heap->away_count = 0;
    heap->away_bytes = 0;
    hand_over_all(heap);
}
