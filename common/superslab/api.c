/* api.c - malloc and its kin: the short ways here, the long ones in the other parts.
 *
 * The short way of malloc: a class from a table, the top of the thread's magazine.  That of free:
 * the area from the address, the tag of its 64 KiB, the thread's magazine again.  Everything else -
 * threads without a heap, empty and full magazines, blocks of other threads, areas without slabs -
 * makes one of their tests fail. */
#include "api.h"

#include "gate.h"
#include "guard.h"
#include "large.h"
#include "legacy.h"
#include "lookup.h"
#include "say.h"
#include "settings.h"
#include "start.h"
#include "stats.h"
#include "thread.h"

#include <errno.h>
#include <string.h>

/* What an address is masked with to find its area; 0 while the short way through free is closed. */
static _Atomic(uintptr_t) fast_mask;

void start_fast_way(void) {
    if (settings.lookup == LOOKUP_MASK && !settings.stats && !GUARD)
        atomic_store_explicit(&fast_mask, ~(uintptr_t)(settings.area_bytes - 1),
                              memory_order_relaxed);
}

/* The block on top of a magazine that is not empty.  The next one is on its way into the cache
 * before it is asked for: the allocators that thread lists through blocks read it now. */
static inline void *pop(struct magazine *magazine) {
    void **top = &magazine->blocks[--magazine->count];
    __builtin_prefetch(top[-1], 1);
    return *top;
}

/* ---- The long ways ---- */

static void *out_of_memory(void) {
    errno = ENOMEM;
    return NULL;
}

/* A block of a class, which the pool refused: as the back end decides. */
static void *refused(struct heap *heap, size_t bytes, size_t alignment) {
    unsigned seed = seed_class_of(bytes);
    stat_add(STAT_EXHAUSTED + seed);
    if (settings.backend != BACKEND_POOL) {
        void *block = legacy_alloc(bytes, alignment);
        if (block) {
            stat_add(STAT_FALLBACK + seed);
            return block;
        }
    }
    return settings.backend == BACKEND_BOTH ? heap_refill(heap, class_of(bytes), true) : NULL;
}

/* Behind the gate. */
static void *allocate_inside(struct heap *heap, size_t bytes, size_t alignment, bool is_small) {
    if (!is_small)
        return large_alloc(bytes, alignment);
    if (!settings.superslab) {
        void *block = legacy_alloc(bytes, alignment);
        if (block)
            stat_add(STAT_FALLBACK + seed_class_of(bytes));
        return block;
    }
    void *block = heap_refill(heap, class_of(bytes), settings.backend == BACKEND_POOL);
    return block ? block : refused(heap, bytes, alignment);
}

/* bytes: a multiple of the alignment, if that is more than 16 and at most SLAB_ALIGNMENT.  The
 * guard does not know the result yet. */
static __attribute__((noinline)) void *allocate(size_t bytes, size_t alignment) {
    struct heap *heap = thread_heap_now();
    bool is_small = bytes <= class_bytes_max && alignment <= SLAB_ALIGNMENT;
    if (is_small && heap->magazines[class_of(bytes)].count)
        return pop(&heap->magazines[class_of(bytes)]);
    void *block;
    if (gate_enter(heap)) {
        block = allocate_inside(heap, bytes, alignment, is_small);
        gate_leave(heap);
    } else {
        block = large_map(bytes, alignment);
    }
    return block ? block : out_of_memory();
}

static struct area *area_of_block(const char *function, const void *block) {
    struct area *area = lookup(block);
    if (UNLIKELY(!area))
        die("%s(%p): not a block of this allocator", function, (void *)(uintptr_t)block);
    return area;
}

/* Behind the gate. */
static void free_inside(struct heap *heap, struct area *area, void *block) {
    if (area->kind == AREA_SUPERSLAB)
        heap_free(heap, area, block);
    else if (area->kind == AREA_LARGE)
        large_free(area);
    else
        legacy_free(area, block);
}

static __attribute__((noinline)) void free_slowly(void *block) {
    struct heap *heap = thread_heap_now();
    struct area *area = area_of_block("free", block);
    if (area->kind == AREA_SUPERSLAB && heap_keep(heap, area, block))
        return;
    if (gate_enter(heap)) {
        free_inside(heap, area, block);
        gate_leave(heap);
    } else if (area->kind == AREA_LARGE) {
        area_unmap(area);
    } else {
        gate_put_off(block);
        gate_free_put_off(); /* the fork may be over by now */
    }
}

void gate_free_put_off(void) {
    struct heap *heap = thread_heap_now();
    if (!gate_enter(heap))
        return;
    for (void *block = gate_take_put_off(), *next; block; block = next) {
        next = *(void **)block;
        struct area *area = area_of_block("free", block);
        if (area->kind != AREA_SUPERSLAB || !heap_keep(heap, area, block))
            free_inside(heap, area, block);
    }
    gate_leave(heap);
}

static size_t usable(const struct area *area, const void *block) {
    if (area->kind == AREA_SUPERSLAB)
        return size_classes[area->tags[((uintptr_t)block - (uintptr_t)area) >> SLAB_SHIFT].class]
            .bytes;
    return area->kind == AREA_LARGE ? large_usable(area) : legacy_usable(area, block);
}

/* ---- malloc and free ---- */

static inline void *allocate_quickly(size_t bytes) {
    if (LIKELY(bytes <= SMALL_MAX)) {
        struct magazine *magazine = &thread_heap->magazines[class_of(bytes)];
        if (LIKELY(magazine->count))
            return pop(magazine);
    }
    return allocate(bytes, BLOCK_ALIGNMENT);
}

/* What malloc and free are; the others do not call those by their names, which a program may have
 * given to functions of its own. */
static inline void *hand_out(size_t bytes) {
    return guard_hand_out(allocate_quickly(bytes));
}

void *API(malloc)(size_t bytes) {
    return hand_out(bytes);
}

static inline void free_quickly(void *block) {
    uintptr_t area =
        ((uintptr_t)block - 1) & atomic_load_explicit(&fast_mask, memory_order_relaxed);
    /* NULL has become negative, as no address is. */
    if (LIKELY((intptr_t)area > 0)) {
        struct heap *heap = thread_heap;
        struct slab_tag *tag = area_tag((struct area *)area, block);
        if (LIKELY(atomic_load_explicit(&tag->owner, memory_order_relaxed) == heap)) {
            struct magazine *magazine = &heap->magazines[tag->class];
            if (LIKELY(magazine->count < magazine->capacity)) {
                magazine_put(magazine, block);
                return;
            }
        }
    } else if (!block) {
        return;
    }
    free_slowly(block);
}

static inline void take_back(void *block) {
    if (GUARD && block)
        guard_check("free", block, true);
    free_quickly(block);
}

void API(free)(void *block) {
    take_back(block);
}

void API(free_sized)(void *block, size_t bytes) {
    (void)bytes;
    take_back(block);
}

void API(free_aligned_sized)(void *block, size_t alignment, size_t bytes) {
    (void)alignment;
    (void)bytes;
    take_back(block);
}

void *API(calloc)(size_t count, size_t bytes) {
    size_t total;
    if (__builtin_mul_overflow(count, bytes, &total))
        return out_of_memory();
    void *block = hand_out(total);
    if (!block)
        return NULL;
    if (total > class_bytes_max) {
        struct area *area = area_of_block("calloc", block);
        if (area->kind == AREA_LARGE && large_is_zero(area))
            return block;
    }
    return memset(block, 0, total);
}

/* ---- realloc ---- */

void *API(realloc)(void *block, size_t bytes) {
    if (!block)
        return hand_out(bytes);
    if (GUARD)
        guard_check("realloc", block, false);
    if (!bytes) {
        take_back(block);
        return NULL;
    }
    struct heap *heap = thread_heap_now();
    struct area *area = area_of_block("realloc", block);
    size_t has = usable(area, block);
    /* A block that would stay half full stays, as does one that cannot be smaller. */
    size_t least = area->kind == AREA_LEGACY ? settings.page_bytes : BLOCK_ALIGNMENT;
    if (bytes <= has && (bytes >= has / 2 || has == least))
        return block;
    if (area->kind == AREA_LARGE && bytes > class_bytes_max && gate_enter(heap)) {
        void *moved = large_resize(area, bytes);
        gate_leave(heap);
        if (moved)
            return moved; /* else it is copied: the kernel moves no mapping of which the program
                           * has treated a part, by madvise for instance */
    }
    int before = errno;
    void *moved = hand_out(bytes);
    if (!moved && bytes <= has) {
        errno = before;
        return block;
    }
    if (!moved)
        return NULL;
    memcpy(moved, block, bytes < has ? bytes : has);
    take_back(block);
    return moved;
}

void *API(reallocarray)(void *block, size_t count, size_t bytes) {
    size_t total;
    if (__builtin_mul_overflow(count, bytes, &total))
        return out_of_memory();
    return API(realloc)(block, total);
}

/* ---- Alignment ---- */

/* alignment: a power of two. */
static void *allocate_aligned(size_t alignment, size_t bytes) {
    if (alignment <= BLOCK_ALIGNMENT)
        return hand_out(bytes);
    thread_heap_now(); /* the settings are known then */
    if (bytes > PTRDIFF_MAX || alignment > PTRDIFF_MAX / 2)
        return out_of_memory();
    /* The class of a multiple of the alignment has blocks of such a multiple: its step is either
     * less than the alignment, so that it is met exactly, or a multiple itself.  What is aligned to
     * more gets an area of its own. */
    size_t asked = bytes ? bytes : 1;
    if (alignment <= SLAB_ALIGNMENT)
        asked = round_up(asked, alignment);
    return guard_hand_out(allocate(asked, alignment));
}

static bool power_of_two(size_t number) {
    return number && !(number & (number - 1));
}

void *API(memalign)(size_t alignment, size_t bytes) {
    if (!power_of_two(alignment)) {
        errno = EINVAL;
        return NULL;
    }
    return allocate_aligned(alignment, bytes);
}

void *API(aligned_alloc)(size_t alignment, size_t bytes) {
    return API(memalign)(alignment, bytes);
}

int API(posix_memalign)(void **result, size_t alignment, size_t bytes) {
    if (!power_of_two(alignment) || alignment % sizeof(void *))
        return EINVAL;
    int before = errno;
    void *block = allocate_aligned(alignment, bytes);
    errno = before;
    if (!block)
        return ENOMEM;
    *result = block;
    return 0;
}

void *API(valloc)(size_t bytes) {
    thread_heap_now();
    return allocate_aligned(settings.page_bytes, bytes);
}

void *API(pvalloc)(size_t bytes) {
    thread_heap_now();
    size_t pages = round_up(bytes, settings.page_bytes);
    return pages < bytes ? out_of_memory() : allocate_aligned(settings.page_bytes, pages);
}

size_t API(malloc_usable_size)(void *block) {
    if (!block)
        return 0;
    if (GUARD)
        guard_check("malloc_usable_size", block, false);
    return usable(area_of_block("malloc_usable_size", block), block);
}
