/* children.h (four) - how does a node keep its children?
 *
 * Parent: uncounted.  Change: the first array has four slots, as in the seeds: 4, 8, 16, 32, 64.
 * Waste: three slots in nearly every node, since most have one child. */
#ifndef CHILDREN_H
#define CHILDREN_H

enum { CHILDREN_FIRST = 4 };
#define children_copy_insert sparse_copy_insert

#include "children_doubling.h"

#endif
