/* need.h - memory that the runner cannot do without.
 *
 * The runner's own structures are small, and everything worth keeping is in the store as soon as it
 * is measured.  So these functions do not return NULL: when memory is out they say so and exit(1).
 * What they return belongs to the caller, who frees it. */
#ifndef NEED_H
#define NEED_H

#include <stddef.h>

/* `count` items of `size` bytes, all zero. */
void *need_zeroed(size_t count, size_t size);

/* Room for one more item in an array that holds `count` and has only ever grown through this
 * function: it doubles when count is 0 or a power of two, and is returned unchanged otherwise. */
void *need_room(void *items, size_t count, size_t size);

/* A copy of `text`; NULL gives NULL. */
char *need_copy(const char *text);

/* printf into a new string. */
__attribute__((format(printf, 1, 2), nonnull(1))) char *need_format(const char *format, ...);

#endif
