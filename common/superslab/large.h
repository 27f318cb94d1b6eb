/* large.h - blocks with an area of their own.
 *
 * More than an eighth of a SuperSlab, or aligned to more than 4,096 bytes.  Some areas that were
 * freed are kept for requests of about their size, so that a program that frees and allocates by
 * turns does not go to the kernel each time. */
#ifndef SUPERSLAB_LARGE_H
#define SUPERSLAB_LARGE_H

#include "area.h"

/* alignment: a power of two.  NULL when memory is out. */
void *large_alloc(size_t bytes, size_t alignment);
/* The same in an area that is new: may be called outside the gate (gate.h). */
void *large_map(size_t bytes, size_t alignment);
void large_free(struct area *area);

size_t large_usable(const struct area *area);

/* Whether nobody has written to the block since the kernel gave it. */
bool large_is_zero(const struct area *area);

/* The block with another size, its contents kept up to the lesser; it may lie elsewhere then.  NULL
 * when memory is out; the block is as it was. */
void *large_resize(struct area *area, size_t bytes);

/* Whether an area of this kind has this block, in use. */
bool large_has(const struct area *area, const void *block);

#endif
