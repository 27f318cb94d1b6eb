/* head.h (boxed) - where do a node's bitmaps lie?
 *
 * Contract.  A node is a block, and a link leads to it.
 *   struct link  has a member `block`, NULL where there is no node
 *   link_head    the bitmaps of the node that a link leads to; they are void when the link or the
 *                block moves
 *   HEAD_BYTES   what they take of the block, at its beginning
 * Links are moved by plain assignment.  What a node holds of its entries stands behind its links,
 * and so a link is aligned for it.
 *
 * Here at the beginning of the block, where the link leads: a step down waits first for them and
 * then for the slot that they tell. */
#ifndef HEAD_H
#define HEAD_H

struct link {
    _Alignas(struct held) void *block;
};

enum { HEAD_BYTES = sizeof(struct head) };

static inline struct head *link_head(const struct link *link) {
    return link->block;
}

#endif
