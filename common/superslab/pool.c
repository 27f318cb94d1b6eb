/* pool.c - see pool.h. */
#include "pool.h"

#include "os.h"
#include "settings.h"
#include "stats.h"

#include <pthread.h>

enum { KEPT_BYTES = 16 << 20 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static struct superslab *open_list; /* those with a free slab */
static size_t mapped;               /* SuperSlabs */
static size_t empty;                /* those whose slabs are all free */
static atomic_size_t idle_bytes;    /* of free slabs that may hold pages; changed under the lock */
static size_t kept_bytes;           /* idle_bytes may be so many */
static size_t head_bytes;           /* what slab 0 lacks */
static bool reserved;               /* some SuperSlab was prewarmed for a class */
static unsigned slab_count;         /* of a SuperSlab */
static uint32_t all_slabs;          /* a bit for each */

static size_t idle_in(uint32_t slabs) {
    return (size_t)__builtin_popcount(slabs) * SLAB_BYTES;
}

static void idle_change(size_t more, size_t less) {
    size_t now = atomic_load_explicit(&idle_bytes, memory_order_relaxed);
    atomic_store_explicit(&idle_bytes, now + more - less, memory_order_relaxed);
}

static bool idle_too_much(void) {
    return atomic_load_explicit(&idle_bytes, memory_order_relaxed) > kept_bytes;
}

static void open_list_add(struct superslab *superslab) {
    superslab->previous = NULL;
    superslab->next = open_list;
    if (open_list)
        open_list->previous = superslab;
    open_list = superslab;
}

static void open_list_remove(struct superslab *superslab) {
    if (superslab->previous)
        superslab->previous->next = superslab->next;
    else
        open_list = superslab->next;
    if (superslab->next)
        superslab->next->previous = superslab->previous;
}

static uint32_t run_mask(unsigned first, unsigned run) {
    return (run == 32 ? UINT32_MAX : ((uint32_t)1 << run) - 1) << first;
}

/* A SuperSlab with all slabs free that no list knows yet.  The lock is not held: the kernel may
 * take its time.  The caller has counted it. */
static struct superslab *superslab_map(void) {
    struct area *area = area_map(AREA_SUPERSLAB, settings.area_bytes, 0, 1);
    if (!area)
        return NULL;
    struct superslab *superslab = superslab_of(area);
    superslab->free = all_slabs;
    superslab->seed_class = EVERY_CLASS;
    for (unsigned i = 0; i < slab_count; i++)
        superslab->slabs[i].bitmap = superslab->bitmaps[i];
    stat_mapped(STAT_SUPERSLABS_NOW);
    return superslab;
}

/* The lowest of the free slabs where a run for the class may begin; -1 if there is none. */
static int find_run(const struct superslab *superslab, unsigned class) {
    uint32_t starts = superslab->free;
    for (unsigned i = 1; i < size_classes[class].run; i++)
        starts &= superslab->free >> i;
    if (size_classes[class].bytes > SLAB_BYTES / 8)
        starts &= ~(uint32_t)1; /* slab 0 is shorter than the others */
    return starts ? __builtin_ctz(starts) : -1;
}

/* Cuts the run for the class.  The lock is held. */
static struct slab *cut(struct superslab *superslab, unsigned first, unsigned class) {
    unsigned run = size_classes[class].run;
    uint32_t mask = run_mask(first, run);
    if (superslab->free == all_slabs)
        empty--;
    superslab->free &= ~mask;
    if (!superslab->free)
        open_list_remove(superslab);
    idle_change(0, idle_in(mask & superslab->dirty));
    superslab->dirty |= mask;
    for (unsigned i = first; i < first + run; i++) {
        superslab->area.tags[i].class = (uint16_t) class;
        superslab->area.tags[i].first = (uint8_t)first;
    }
    struct slab *slab = &superslab->slabs[first];
    slab->index = (uint8_t)first;
    slab->run = (uint8_t)run;
    slab->class = (uint16_t) class;
    size_t skipped = first ? 0 : head_bytes;
    slab->start = (char *)superslab + (size_t)first * SLAB_BYTES + skipped;
    slab_format(slab, (size_t)run * SLAB_BYTES - skipped);
    return slab;
}

/* From a SuperSlab that is there.  others: one that was prewarmed for other classes will do. */
static struct slab *find(unsigned class, bool others) {
    unsigned seed_class = seed_class_of(size_classes[class].bytes);
    for (struct superslab *s = open_list; s; s = s->next) {
        if (!others && s->seed_class != EVERY_CLASS && s->seed_class != seed_class)
            continue;
        int first = find_run(s, class);
        if (first >= 0)
            return cut(s, (unsigned)first, class);
    }
    return NULL;
}

struct slab *pool_acquire(unsigned class, bool beyond_cap) {
    pthread_mutex_lock(&lock);
    struct slab *slab = find(class, false);
    if (!slab && reserved)
        slab = find(class, true);
    bool may_map = beyond_cap || !settings.pool_cap || mapped < settings.pool_cap;
    if (!slab && may_map) {
        mapped++; /* now, so that no other thread goes beyond the cap meanwhile */
        pthread_mutex_unlock(&lock);
        struct superslab *superslab = superslab_map();
        pthread_mutex_lock(&lock);
        if (superslab) {
            empty++;
            open_list_add(superslab);
            slab = cut(superslab, (unsigned)find_run(superslab, class), class);
        } else {
            mapped--;
        }
    }
    pthread_mutex_unlock(&lock);
    if (slab)
        stat_add(STAT_SLABS_TAKEN);
    return slab;
}

void pool_release(struct slab *slab) {
    struct superslab *superslab = superslab_of(area_at(slab));
    uint32_t mask = run_mask(slab->index, slab->run);
    size_t bytes = idle_in(mask);
    stat_add(STAT_SLABS_GIVEN);
    slab_set_owner(slab, NULL);

    /* While nobody else can have the slab: its pages go if there are enough without them. */
    bool purged = idle_too_much() && slab->index && os_purge(slab->start, bytes);

    pthread_mutex_lock(&lock);
    if (!superslab->free)
        open_list_add(superslab);
    superslab->free |= mask;
    if (purged)
        superslab->dirty &= ~mask;
    else
        idle_change(bytes, 0);
    bool unmap = false;
    if (superslab->free == all_slabs) {
        unmap = idle_too_much() || empty >= kept_bytes / settings.area_bytes;
        if (unmap) {
            open_list_remove(superslab);
            idle_change(0, idle_in(superslab->dirty));
            mapped--;
        } else {
            empty++;
        }
    }
    pthread_mutex_unlock(&lock);
    if (unmap) {
        stat_unmapped(STAT_SUPERSLABS_NOW);
        area_unmap(&superslab->area);
    }
}

void slab_set_owner(struct slab *slab, struct heap *owner) {
    struct superslab *superslab = superslab_of(area_at(slab));
    for (unsigned i = slab->index; i < slab->index + slab->run; i++)
        atomic_store_explicit(&superslab->area.tags[i].owner, owner, memory_order_relaxed);
}

/* No other thread is here yet. */
static bool prewarm(unsigned seed_class) {
    if (settings.pool_cap && mapped == settings.pool_cap)
        return false;
    struct superslab *superslab = superslab_map();
    if (!superslab)
        return false;
    os_touch((char *)superslab + head_bytes, settings.area_bytes - head_bytes);
    superslab->dirty = all_slabs;
    superslab->seed_class = (uint8_t)(seed_class ? seed_class : 1); /* 0 has no blocks of its own */
    mapped++;
    empty++;
    idle_change(idle_in(all_slabs), 0);
    kept_bytes += settings.area_bytes;
    open_list_add(superslab);
    reserved = true;
    stat_add(STAT_PREWARMED);
    return true;
}

void pool_start(void) {
    slab_count = (unsigned)(settings.area_bytes / SLAB_BYTES);
    all_slabs = slab_count == 32 ? UINT32_MAX : ((uint32_t)1 << slab_count) - 1;
    head_bytes = round_up(sizeof(struct superslab) + slab_count * sizeof(uint64_t[BITMAP_WORDS]),
                          SLAB_ALIGNMENT);
    kept_bytes = KEPT_BYTES;
    for (unsigned class = 0; class < SEED_CLASSES; class ++)
        for (unsigned i = 0; i < settings.prewarm[class] && prewarm(class); i++)
            ;
}
