/* legacy.h - the back end behind the pool: a mapping for each block.
 *
 * What the seed falls back to when the pool refuses, and all it has while SuperSlabs are off.  A
 * block costs a call of mmap, a fault for its page, and a call of munmap.  It is rounded up to
 * pages.
 *
 *     area:  | head: a number for each page | page | page | ...
 *
 * A page's number: how many pages the block that begins there has.  Only the head stays mapped.  A
 * block goes to pages that nobody has; should something else in the process have got an address
 * there meanwhile, that page is never tried again. */
#ifndef SUPERSLAB_LEGACY_H
#define SUPERSLAB_LEGACY_H

#include "area.h"

/* alignment: a power of two; more than a page's, or many pages, make it a large block (large.h).
 * NULL when memory is out. */
void *legacy_alloc(size_t bytes, size_t alignment);
void legacy_free(struct area *area, void *block);

size_t legacy_usable(const struct area *area, const void *block);

/* Whether an area of this kind has this block, in use. */
bool legacy_has(const struct area *area, const void *block);

#endif
