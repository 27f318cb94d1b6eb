/* size.h (list) - how much room has a node for what it holds, an inner node and a leaf?
 *
 * Contract: size_room(kind) is the room in bytes, at least that of struct inner or struct leaf,
 * and a multiple of their alignment.  What ref.h adds to it is not counted.
 *
 * Here a node is a union of both, so a leaf is as large as an inner node. */
#ifndef SIZE_H
#define SIZE_H

static inline size_t size_room(enum node_kind kind) {
    (void)kind;
    return sizeof(union {
        struct inner inner;
        struct leaf leaf;
    });
}

#endif
