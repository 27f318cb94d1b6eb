/* share.h (pathcopy) - may a node be changed where it stands, or do versions of the map share it?
 *
 * Parent: refcount.  Change: while another version lives no node is changed, shared or not: every
 * put copies its way, as a purely functional map does.  So no count is read on the way down.
 * Waste: all copies of nodes that nobody else holds: those of every put after the first. */
#ifndef SHARE_H
#define SHARE_H

#include "share_counted.h"

static inline bool share_alone(const struct share *share, ref node) {
    (void)node;
    return share->common->versions == 1;
}

#endif
