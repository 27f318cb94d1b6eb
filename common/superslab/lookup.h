/* lookup.h - from a block's address to its area, in one of three ways.
 *
 *     mask    the address with its low bits cleared is the area: nothing is kept, nothing checked
 *     linear  a table of areas with open addressing and linear probing, as in the seed's phase 8
 *     hash    8,192 chains, and a hint in each thread that remembers its last answer: phase 9-1
 *
 * The last two know which addresses are theirs, which mask does not: a foreign block is told from
 * ours.  The debug build always keeps the chains, to tell so whichever way is set.
 *
 * Readers take no lock.  An entry, once made for an address, stays; it is only marked when its area
 * is unmapped, and used again when an area is mapped there, so a reader never meets one that goes
 * away.  A table that was outgrown is kept for those who still read it: in all they are no larger
 * than the newest. */
#ifndef SUPERSLAB_LOOKUP_H
#define SUPERSLAB_LOOKUP_H

#include "area.h"

struct lookup_node {
    struct lookup_node *next; /* in its chain; never changes */
    struct area *area;        /* never changes */
    atomic_bool mapped;
};

/* What area_map and area_unmap tell.  Adding fails when memory is out, but not for an area that was
 * there before. */
bool lookup_add(struct area *area);
void lookup_remove(struct area *area);

/* The area a block lies in, NULL if it is none of ours; mask cannot tell. */
struct area *lookup(const void *block);

/* In a child of fork, whose parent's threads may have been caught while they added an area: readers
 * do not see it, and the place that it was to have is lost. */
void lookup_in_child(void);

#endif
