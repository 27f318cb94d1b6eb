/* pages.h - the door through which maps get address space, as mem.h is that to malloc.
 *
 * Address space costs nothing until it is used, so that what grows in it stays where it is: nothing
 * is copied, and nothing is held for later.  The tests have a door of their own
 * (tests/seams/pages.h), which fails on demand and counts what is in use.
 *
 * Where there is none to spare (addresses of 32 bits), or whoever has taken a map home does not
 * want it (HAMT_NO_MMAP, or HAMT_MALLOC: all memory comes by mem.h then), no_pages.h stands here.
 */
#ifndef PAGES_H
#define PAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined HAMT_NO_MMAP || defined HAMT_MALLOC || UINTPTR_MAX <= UINT32_MAX
#include "no_pages.h"
#else

#include <sys/mman.h>
#ifndef __APPLE__
#include <sys/auxv.h>
#endif

#ifndef MAP_ANONYMOUS
#error define _DEFAULT_SOURCE before the first header of the system is included, or HAMT_NO_MMAP
#endif

enum {
    PAGES_FROM = 1 << 12,  /* bytes that are worth a few calls of the system */
    PAGES_FIRST = 1 << 30, /* bytes to reserve at first */
    PAGES_LARGE = 1 << 21, /* bytes of a large page; reserved space begins at a multiple of it */
    PAGES_LARGE_FROM = 1 << 23, /* the first so many bytes do without: the processor's second-level
                                   TLB finds some thousand small pages, and a large one is resident
                                   as a whole */
};

/* Space is taken into use in multiples of so many bytes: 16 KiB, or a page where that is more, as
 * under Linux on some AArch64 and POWER, whose pages have 64 KiB.  The system is not asked by
 * sysconf: <unistd.h>, where that is, has a function called link, and the bucket trie a type. */
static inline size_t pages_step(void) {
    size_t step = 1 << 14;
#ifndef __APPLE__
    size_t page = getauxval(AT_PAGESZ);
    if (page > step)
        step = page;
#endif
    return step;
}

/* So many bytes of address space, none of them in use; NULL if there are not so many. */
static inline char *pages_reserve(size_t bytes) {
    size_t whole = bytes + PAGES_LARGE;
    char *at = (char *)mmap(NULL, whole, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED)
        return NULL;
    size_t before = -(uintptr_t)at % PAGES_LARGE;
    if (before > 0)
        munmap(at, before);
    munmap(at + before + bytes, whole - before - bytes);
    /* cppcheck-suppress deallocret ; what was unmapped lies before it and behind */
    return at + before;
}

/* Takes the next `more` bytes into use, behind `used`, both multiples of pages_step().  False when
 * memory is out. */
static inline bool pages_use(char *space, size_t used, size_t more) {
    return mprotect(space + used, more, PROT_READ | PROT_WRITE) == 0;
}

/* Brings in the next `more` bytes behind `used`, which have been taken into use: one call of the
 * system, where each page would stop whoever touches it first.  No effect but on time and on what
 * is resident; a system that cannot do it brings in each page when it is touched. */
static inline void pages_ready(char *space, size_t used, size_t more) {
#ifdef MADV_POPULATE_WRITE
    madvise(space + used, more, MADV_POPULATE_WRITE);
#else
    (void)space, (void)used, (void)more;
#endif
}

/* Large pages may serve what is used of the space from byte PAGES_LARGE_FROM on, if there are any.
 */
static inline void pages_large(char *space, size_t bytes) {
#ifdef MADV_HUGEPAGE
    madvise(space + PAGES_LARGE_FROM, bytes - PAGES_LARGE_FROM, MADV_HUGEPAGE);
#else
    (void)space, (void)bytes;
#endif
}

/* Gives it back, all that was reserved and the part that is in use. */
static inline void pages_release(char *space, size_t bytes, size_t used) {
    (void)used;
    munmap(space, bytes);
}

#endif

#endif
