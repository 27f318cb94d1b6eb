/* head.h (fat) - where do a node's bitmaps lie?
 *
 * Parent: boxed.  Change: beside the pointer that leads to the node, in the slot of the node above.
 * Whoever has read that slot knows which slot comes next: a step down waits for one load, not two.
 * Cost: larger slots, which are moved when the node above changes.  It takes no memory:
 * what a slot has more, the node has less. */
#ifndef HEAD_H
#define HEAD_H

struct link {
    _Alignas(struct held) void *block;
    struct head head;
};

enum { HEAD_BYTES = 0 };

static inline struct head *link_head(const struct link *link) {
    return (struct head *)&link->head;
}

#endif
