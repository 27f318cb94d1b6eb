/* guard.c - see guard.h.  The release build has nothing of it. */
#include "guard.h"

#ifdef SUPERSLAB_DEBUG
#include "large.h"
#include "legacy.h"
#include "lookup.h"
#include "pool.h"
#include "say.h"

/* The bit of a block, and the word it is in; NULL if no block of a slab in use begins there. */
static atomic_uint_fast64_t *bit_of(struct area *area, const void *block, uint64_t *bit) {
    struct slab_tag *tag = area_tag(area, block);
    if (!atomic_load_explicit(&tag->owner, memory_order_relaxed))
        return NULL;
    struct slab *slab = slab_of(area, block);
    size_t bytes = size_classes[slab->class].bytes;
    size_t offset = (size_t)((const char *)block - slab->start);
    if ((const char *)block < slab->start || offset % bytes || offset / bytes >= slab->capacity)
        return NULL;
    size_t number = offset / bytes;
    *bit = (uint64_t)1 << number % 64;
    return &superslab_of(area)->live[slab->index].words[number / 64];
}

void *guard_hand_out(void *block) {
    struct area *area = block ? lookup(block) : NULL;
    if (area && area->kind == AREA_SUPERSLAB) {
        uint64_t bit;
        atomic_uint_fast64_t *word = bit_of(area, block, &bit);
        if (!word || atomic_fetch_or(word, bit) & bit)
            die("malloc: %p is in use already: the heap is damaged", block);
    }
    return block;
}

void guard_check(const char *function, const void *block, bool free) {
    struct area *area = lookup(block);
    bool in_use = false;
    if (!area)
        die("%s(%p): not a block of this allocator", function, (void *)(uintptr_t)block);
    if (area->kind == AREA_SUPERSLAB) {
        uint64_t bit;
        atomic_uint_fast64_t *word = bit_of(area, block, &bit);
        if (!word)
            die("%s(%p): no block begins there", function, (void *)(uintptr_t)block);
        in_use = (free ? atomic_fetch_and(word, ~bit) : atomic_load(word)) & bit;
    } else {
        in_use = area->kind == AREA_LARGE ? large_has(area, block) : legacy_has(area, block);
    }
    if (!in_use)
        die_not_in_use(function, block);
}
#else
typedef int guard_is_off; /* C wants a declaration in each file */
#endif
