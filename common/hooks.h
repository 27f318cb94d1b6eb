/* hooks.h - mem.h for a program that has taken a map home (tools/single.py) and serves it by
 * functions of its own: HAMT_MALLOC, HAMT_REALLOC and HAMT_FREE, which are called as malloc,
 * realloc and free are, and HAMT_USABLE, which is called as malloc_usable_size is; without it the
 * map does not know what its blocks hold, and counts 0 bytes. */
#ifndef HOOKS_H
#define HOOKS_H

#include <stddef.h>

static inline void *mem_alloc(size_t bytes) {
    return HAMT_MALLOC(bytes);
}

static inline void *mem_resize(void *block, size_t bytes) {
    return HAMT_REALLOC(block, bytes);
}

static inline void mem_free(void *block) {
    HAMT_FREE(block);
}

static inline size_t mem_usable(const void *block) {
#ifdef HAMT_USABLE
    return block ? HAMT_USABLE((void *)block) : 0;
#else
    (void)block;
    return 0;
#endif
}

#endif
