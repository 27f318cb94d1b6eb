/* slab.h - a slab: 64 KiB of a SuperSlab, or a run of them, cut into blocks of one class.
 *
 * Which blocks are free stands in a bitmap in the SuperSlab's head, a bit for each; a block holds
 * nothing but its user's bytes.  Moving blocks between a slab and a magazine therefore does not
 * touch them, blocks are handed out by rising address, and a slab knows when all are back.  A list
 * threaded through the free blocks, as in the seed, costs a cache miss for each block it hands out
 * or takes.
 *
 * Whoever calls holds the lock of the slab's owner. */
#ifndef SUPERSLAB_SLAB_H
#define SUPERSLAB_SLAB_H

#include "area.h"

enum { BITMAP_WORDS = SLAB_BYTES / BLOCK_ALIGNMENT / 64 };

struct slab {
    struct slab *next, *previous; /* in a list of its owner's */
    char *start;                  /* the first block */
    uint64_t *bitmap;             /* a bit is set: the block is free */
    uint32_t capacity;
    uint32_t used;       /* blocks that are not in the bitmap */
    uint16_t first_word; /* no word of the bitmap before it has a bit set */
    uint16_t class;
    uint8_t index; /* in its SuperSlab */
    uint8_t run;   /* slabs of the run */
};

/* Makes all blocks free.  start, class and the bitmap's place are set. */
void slab_format(struct slab *slab, size_t bytes);

/* Takes up to `wanted` blocks, the lowest first; how many. */
unsigned slab_take(struct slab *slab, void **blocks, unsigned wanted);

/* The block's number, from 0. */
static inline uint32_t slab_number_of(const struct slab *slab, const void *block) {
    uint64_t offset = (uint64_t)((const char *)block - slab->start);
    return (uint32_t)(offset * size_classes[slab->class].reciprocal >> 32);
}

/* Takes a block back.  False: it is there already. */
static inline bool slab_put(struct slab *slab, void *block) {
    uint32_t number = slab_number_of(slab, block);
    uint16_t word = (uint16_t)(number / 64);
    uint64_t bit = (uint64_t)1 << number % 64;
    if (UNLIKELY(slab->bitmap[word] & bit))
        return false;
    slab->bitmap[word] |= bit;
    if (word < slab->first_word)
        slab->first_word = word;
    slab->used--;
    return true;
}

/* Lists of slabs: `*list` is the first one, or NULL. */
static inline void slab_link(struct slab **list, struct slab *slab) {
    slab->next = *list;
    slab->previous = NULL;
    if (*list)
        (*list)->previous = slab;
    *list = slab;
}

static inline void slab_unlink(struct slab **list, struct slab *slab) {
    if (slab->previous)
        slab->previous->next = slab->next;
    else
        *list = slab->next;
    if (slab->next)
        slab->next->previous = slab->previous;
}

#endif
