/* supply.h (classes) - where does memory for nodes and entries come from?
 *
 * Parent: rounded.  Change: from a pool that grows by chunks as it is needed, and has a list of
 * free blocks for each class.  Where a class has no free block, one that is twice as large or more
 * is cut before unused memory is: the nodes of a level grow together, and what they leave behind
 * serves the smaller ones of the next.
 * Cost: free blocks that are neighbours never become one, as malloc's do.
 * Waste: these blocks, up to a third of the pool when the nodes of a level are growing; an eighth
 * of it, at most, that is not used yet. */
#ifndef SUPPLY_H
#define SUPPLY_H

#include "size_class.h"

enum {
    SUPPLY_FIRST = 512, /* words in the first chunk */
    SUPPLY_GROWTH = 8,  /* a later one has the pool's over this */
    SUPPLY_SET = 64,    /* classes that a word has bits for */
};

struct supply_chunk {
    struct supply_chunk *older;
    uint64_t words[];
};

struct supply_free {
    struct supply_free *next;
};

struct supply {
    struct supply_chunk *chunks;                /* newest first */
    uint64_t *unused;                           /* the rest of the newest chunk: */
    size_t unused_words;                        /*   words in it */
    size_t capacity;                            /* words in all chunks */
    size_t live;                                /* words in blocks in use */
    uint64_t some[SUPPLY_CLASSES / SUPPLY_SET]; /* a bit for each class that has a free block */
    struct supply_free *free[SUPPLY_CLASSES];
};

static inline void supply_init(struct supply *supply) {
    *supply = (struct supply){0};
}

static inline void supply_free(struct supply *supply) {
    while (supply->chunks) {
        struct supply_chunk *older = supply->chunks->older;
        mem_free(supply->chunks);
        supply->chunks = older;
    }
    supply_init(supply);
}

static inline void supply_put(struct supply *supply, void *block, unsigned size_class) {
    struct supply_free *freed = block;
    freed->next = supply->free[size_class];
    supply->free[size_class] = freed;
    supply->some[size_class / SUPPLY_SET] |= UINT64_C(1) << size_class % SUPPLY_SET;
}

/* A free block of just that class, which has one. */
static inline void *supply_pop(struct supply *supply, unsigned size_class) {
    struct supply_free *block = supply->free[size_class];
    supply->free[size_class] = block->next;
    if (!block->next)
        supply->some[size_class / SUPPLY_SET] &= ~(UINT64_C(1) << size_class % SUPPLY_SET);
    return block;
}

/* Cuts words into free blocks of the largest classes that fit. */
static inline void supply_put_pieces(struct supply *supply, uint64_t *at, size_t words) {
    while (words > 0) {
        unsigned size_class = supply_class_for(words);
        while (supply_words(size_class) > words)
            size_class--;
        supply_put(supply, at, size_class);
        at += supply_words(size_class);
        words -= supply_words(size_class);
    }
}

/* A new chunk, which has so many words at least.  The old one's rest is not lost. */
static __attribute__((noinline)) bool supply_extend(struct supply *supply, size_t least) {
    size_t words = supply->capacity / SUPPLY_GROWTH;
    if (words < SUPPLY_FIRST)
        words = SUPPLY_FIRST;
    if (words < least)
        words = least;
    struct supply_chunk *chunk = mem_alloc(sizeof *chunk + words * SUPPLY_WORD);
    if (!chunk)
        return false;
    supply_put_pieces(supply, supply->unused, supply->unused_words);
    chunk->older = supply->chunks;
    supply->chunks = chunk;
    supply->unused = chunk->words;
    supply->unused_words = words;
    supply->capacity += words;
    return true;
}

/* The smallest class from this one on that has a free block; SUPPLY_CLASSES if there is none. */
static inline unsigned supply_class_from(const struct supply *supply, unsigned size_class) {
    for (unsigned i = size_class / SUPPLY_SET; i < SUPPLY_CLASSES / SUPPLY_SET; i++) {
        uint64_t some = supply->some[i];
        if (i == size_class / SUPPLY_SET)
            some = some >> size_class % SUPPLY_SET << size_class % SUPPLY_SET;
        if (some)
            return SUPPLY_SET * i + (unsigned)__builtin_ctzll(some);
    }
    return SUPPLY_CLASSES;
}

/* A block of a class that has no free one. */
static __attribute__((noinline)) void *supply_cut(struct supply *supply, unsigned size_class) {
    size_t words = supply_words(size_class);
    unsigned larger = supply_class_from(supply, supply_class_for(2 * words));
    uint64_t *block;
    if (larger < SUPPLY_CLASSES) {
        block = supply_pop(supply, larger);
        supply_put_pieces(supply, block + words, supply_words(larger) - words);
        return block;
    }
    if (supply->unused_words < words && !supply_extend(supply, words))
        return NULL;
    block = supply->unused;
    supply->unused += words;
    supply->unused_words -= words;
    return block;
}

static inline void *supply_take(struct supply *supply, size_t bytes) {
    if (bytes > supply_most)
        return NULL;
    unsigned size_class = supply_class(bytes);
    void *block =
        supply->free[size_class] ? supply_pop(supply, size_class) : supply_cut(supply, size_class);
    if (block)
        supply->live += supply_words(size_class);
    return block;
}

static inline void supply_give(struct supply *supply, void *block, size_t bytes) {
    unsigned size_class = supply_class(bytes);
    supply_put(supply, block, size_class);
    supply->live -= supply_words(size_class);
    if (supply->live == 0)
        supply_free(supply);
}

static inline void *supply_grow(struct supply *supply, void *block, size_t had, size_t wanted) {
    if (supply_class(had) == supply_class(wanted))
        return block;
    void *larger = supply_take(supply, wanted);
    if (!larger)
        return NULL;
    memcpy(larger, block, had);
    supply_give(supply, block, had);
    return larger;
}

/* Where memory for a smaller block is out, this one is cut to its new class where it stands. */
static inline void *supply_shrink(struct supply *supply, void *block, size_t had, size_t wanted) {
    if (supply_class(had) == supply_class(wanted))
        return block;
    void *smaller = supply_take(supply, wanted);
    if (smaller) {
        memcpy(smaller, block, wanted);
        supply_give(supply, block, had);
        return smaller;
    }
    size_t kept = supply_words(supply_class(wanted));
    size_t rest = supply_words(supply_class(had)) - kept;
    supply_put_pieces(supply, (uint64_t *)block + kept, rest);
    supply->live -= rest;
    return block;
}

static inline const char *supply_check(const struct supply *supply) {
    size_t words = supply->live + supply->unused_words;
    for (unsigned size_class = 0; size_class < SUPPLY_CLASSES; size_class++) {
        const struct supply_free *block = supply->free[size_class];
        if ((block != NULL) != (supply_class_from(supply, size_class) == size_class))
            return "supply: a bit says whether a class has a free block";
        for (; block; block = block->next)
            words += supply_words(size_class);
    }
    return words == supply->capacity ? NULL : "supply: every word is in use, free, or not used yet";
}

static inline void supply_count(const struct supply *supply, enum hamt_bytes use, const void *block,
                                size_t bytes, struct hamt_stats *stats) {
    (void)supply, (void)use, (void)block, (void)bytes, (void)stats; /* counted with the pool */
}

static inline void supply_count_all(const struct supply *supply, struct hamt_stats *stats) {
    for (const struct supply_chunk *chunk = supply->chunks; chunk; chunk = chunk->older)
        count_block(stats, HAMT_BYTES_NODES, chunk);
}

#endif
