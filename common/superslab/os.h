/* os.h - the calls of the kernel, counted.  They leave errno as it was. */
#ifndef SUPERSLAB_OS_H
#define SUPERSLAB_OS_H

#include "common.h"

/* `bytes` bytes of zeros; NULL when the kernel has none. */
void *os_map(size_t bytes);

/* The same at this address; NULL if anything is mapped there, with *taken set, or memory is out. */
void *os_map_at(void *address, size_t bytes, bool *taken);

/* False if the kernel would not: it may hold too many mappings to divide one. */
bool os_unmap(void *address, size_t bytes);

/* The pages become zeros and cost nothing until they are touched again.  False if the kernel would
 * not: they may be locked. */
bool os_purge(void *address, size_t bytes);

/* Makes the pages be there; for memory that is all zeros. */
void os_touch(void *address, size_t bytes);

/* Changes a mapping's size where it lies; false if that cannot be. */
bool os_resize(void *address, size_t bytes, size_t wanted);

/* Moves a mapping's pages to `to`, in place of what is mapped there. */
bool os_move(void *address, size_t bytes, void *to, size_t wanted);

#endif
