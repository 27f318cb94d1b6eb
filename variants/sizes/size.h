/* size.h (sizes) - how much room has a node for what it holds, an inner node and a leaf?
 *
 * Parent: list.  Change: each kind has the room it needs. */
#ifndef SIZE_H
#define SIZE_H

static inline size_t size_room(enum node_kind kind) {
    return kind == NODE_LEAF ? sizeof(struct leaf) : sizeof(struct inner);
}

#endif
