/* arena.h - memory for many objects of one size, taken in blocks of 1,024.
 *
 *     blocks -> [ newest block | next | .... ] -> [ older block ] -> ...
 *                 used ->^
 *
 * An object costs no header and no call to malloc, and neighbours in time are neighbours in memory.
 * An object that dies either leaves a hole (arena_discard), or its place is remembered for the next
 * one to be born, in a list threaded through the dead (arena_recycle).  When all are dead, every
 * block goes back. */
#ifndef ARENA_H
#define ARENA_H

#include "count.h"
#include "mem.h"

enum { ARENA_OBJECTS = 1024 /* to a block, as in the seeds */ };

struct arena_block {
    struct arena_block *older;
    size_t unused; /* keeps the objects aligned as malloc aligns */
};

struct arena_place {
    struct arena_place *next;
};

struct arena {
    struct arena_block *blocks; /* newest first */
    unsigned used;              /* objects handed out of the newest block */
    size_t live;                /* objects handed out and not dead */
    struct arena_place *free;   /* places of the dead that were recycled */
};

/* A place that no object has had before; NULL when memory is out.
 * bytes: size of an object, the same at every call and a multiple of a pointer's. */
static inline void *arena_alloc(struct arena *arena, size_t bytes) {
    if (!arena->blocks || arena->used == ARENA_OBJECTS) {
        struct arena_block *block = mem_alloc(sizeof *block + ARENA_OBJECTS * bytes);
        if (!block)
            return NULL;
        block->older = arena->blocks;
        arena->blocks = block;
        arena->used = 0;
    }
    arena->live++;
    return (char *)(arena->blocks + 1) + bytes * arena->used++;
}

/* The place of a dead object, NULL if none is free. */
static inline void *arena_reuse(struct arena *arena) {
    struct arena_place *place = arena->free;
    if (place) {
        arena->free = place->next;
        arena->live++;
    }
    return place;
}

static inline void arena_free_all(struct arena *arena) {
    while (arena->blocks) {
        struct arena_block *older = arena->blocks->older;
        mem_free(arena->blocks);
        arena->blocks = older;
    }
    *arena = (struct arena){0};
}

/* An object is dead, and its place lost until all are. */
static inline void arena_discard(struct arena *arena) {
    if (--arena->live == 0)
        arena_free_all(arena);
}

/* An object is dead, and its place free. */
static inline void arena_recycle(struct arena *arena, void *object) {
    struct arena_place *place = object;
    place->next = arena->free;
    arena->free = place;
    arena_discard(arena);
}

/* The first broken invariant of an arena whose dead are all recycled, NULL if all hold. */
static inline const char *arena_check_recycled(const struct arena *arena) {
    size_t handed_out = 0, places = 0;
    for (const struct arena_block *block = arena->blocks; block; block = block->older)
        handed_out += block == arena->blocks ? arena->used : ARENA_OBJECTS;
    for (const struct arena_place *place = arena->free; place; place = place->next)
        places++;
    return handed_out == arena->live + places ? NULL : "arena: every place is in use or free";
}

static inline void arena_count(const struct arena *arena, enum hamt_bytes use,
                               struct hamt_stats *stats) {
    for (const struct arena_block *block = arena->blocks; block; block = block->older)
        count_block(stats, use, block);
}

#endif
