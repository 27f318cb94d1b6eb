/* children.h (uncounted) - how does a node keep its children?
 *
 * Parent: list.  Change: no field counts them, since the bitmap knows how many there are.
 * Cost: a popcount where a field was read.  A node gets no smaller: the field's four bytes are
 * needed for alignment. */
#ifndef CHILDREN_H
#define CHILDREN_H

enum { CHILDREN_FIRST = 1 };
#define children_copy_insert sparse_copy_insert

#include "children_doubling.h"

#endif
