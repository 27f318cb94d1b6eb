/* share.h (refcount) - may a node be changed where it stands, or do versions of the map share it?
 *
 * Parent: list.  Change: each node counts its holders, and one with several is copied before it is
 * changed; so a snapshot is one holder more for the root.
 * Cost: a word a node; a put reads the count of each node on its way; to copy a node is to count up
 * all of its children, up to 64 of them, which are touched for nothing else. */
#ifndef SHARE_H
#define SHARE_H

#include "share_counted.h"

static inline bool share_alone(const struct share *share, ref node) {
    (void)share;
    return *share_word(node) == 1;
}

#endif
