/* mem.h - the one door through which maps get memory.
 *
 * Everything a map holds comes from mem_alloc and goes back through mem_free, so that whatever
 * malloc serves the process (the C library's, or one preloaded) serves the map, and so that the
 * tests can put a door of their own here (tests/seams/mem.h) which fails on demand and knows every
 * live block.  Alignment is malloc's.
 *
 * A program that has taken a map home may serve it by functions of its own (hooks.h). */
#ifndef MEM_H
#define MEM_H

#if defined HAMT_MALLOC && defined HAMT_REALLOC && defined HAMT_FREE
#include "hooks.h"
#else

#if defined HAMT_MALLOC || defined HAMT_REALLOC || defined HAMT_FREE
#error define all of HAMT_MALLOC, HAMT_REALLOC and HAMT_FREE, or none of them
#endif

#include <stddef.h>
#include <stdlib.h>
#ifdef __APPLE__
#include <malloc/malloc.h>
#else
#include <malloc.h>
#endif

/* A block of at least `bytes` bytes, contents undefined; NULL when memory is out. */
static inline void *mem_alloc(size_t bytes) {
    return malloc(bytes);
}

/* The block, or one elsewhere with its contents, of at least `bytes` bytes; what is new is
 * undefined. NULL when memory is out, and the block is as it was.  NULL for `block` is allowed.  A
 * large block's pages are moved, not copied, where the system can (mremap). */
static inline void *mem_resize(void *block, size_t bytes) {
    return realloc(block, bytes);
}

/* Gives a block back.  NULL is allowed. */
static inline void mem_free(void *block) {
    free(block);
}

/* Bytes the allocator set aside for this block: what was asked for, rounded up as it does; its own
 * header, where it has one, is not counted.  0 for NULL.  Not for the measured path: it walks into
 * the allocator. */
static inline size_t mem_usable(const void *block) {
    if (!block)
        return 0;
#ifdef __APPLE__
    return malloc_size(block);
#else
    return malloc_usable_size((void *)block);
#endif
}

#endif

#endif
