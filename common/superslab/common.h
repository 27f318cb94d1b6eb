/* common.h - words that every part uses. */
#ifndef SUPERSLAB_COMMON_H
#define SUPERSLAB_COMMON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

_Static_assert(UINTPTR_MAX == UINT64_MAX,
               "the superslab is for 64-bit systems: it counts on addresses and longs of 64 bits");

#define LIKELY(x)   __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

/* unit: a power of two. */
static inline size_t round_up(size_t bytes, size_t unit) {
    return (bytes + unit - 1) & ~(unit - 1);
}

#endif
