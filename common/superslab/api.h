/* api.h - the names this allocator exports: those of malloc and its kin.
 *
 * Compiled with -DSUPERSLAB_PREFIX=x_ they are x_malloc, x_free and so on, which lets a test hold
 * this allocator beside the C library's, and lets a sanitizer keep its own malloc. */
#ifndef SUPERSLAB_API_H
#define SUPERSLAB_API_H

#include <stddef.h>

#ifdef SUPERSLAB_PREFIX
#define API_JOIN(prefix, name) prefix##name
#define API_NAME(prefix, name) API_JOIN(prefix, name)
#define API(name)              API_NAME(SUPERSLAB_PREFIX, name)
#else
#define API(name) name
#endif
#define EXPORT __attribute__((visibility("default")))

/* As C17, POSIX and the GNU C library say.  What malloc returns is aligned to 16 bytes; a request
 * for 0 bytes gets a block of its own.  Want of memory is NULL and ENOMEM; free leaves errno alone.
 *
 * A fork waits for no thread that could wait for it, and the child may allocate; what it prints
 * with SUPERSLAB_STATS=1 is what it did itself.
 *
 * To free a block twice is an error of the program.  Where it is noticed, one line on standard
 * error says so and the process aborts: always in the debug build; in the release build if the
 * thread freed no other block of that class in between and got none, or if the block's slab has it
 * back already.  Elsewhere the block may be handed out twice. */
EXPORT void *API(malloc)(size_t bytes);
EXPORT void API(free)(void *block);
EXPORT void *API(calloc)(size_t count, size_t bytes);
/* realloc(block, 0) frees the block and returns NULL, as the GNU C library does. */
EXPORT void *API(realloc)(void *block, size_t bytes);
EXPORT void *API(reallocarray)(void *block, size_t count, size_t bytes);

/* An alignment that is not a power of two is EINVAL. */
EXPORT void *API(aligned_alloc)(size_t alignment, size_t bytes);
EXPORT int API(posix_memalign)(void **result, size_t alignment, size_t bytes);
EXPORT void *API(memalign)(size_t alignment, size_t bytes);
EXPORT void *API(valloc)(size_t bytes);
EXPORT void *API(pvalloc)(size_t bytes);

/* Bytes of the block that may be used: at least what was asked for.  0 for NULL. */
EXPORT size_t API(malloc_usable_size)(void *block);

/* C23: the caller knows the size.  It is not needed here. */
EXPORT void API(free_sized)(void *block, size_t bytes);
EXPORT void API(free_aligned_sized)(void *block, size_t alignment, size_t bytes);

#endif
