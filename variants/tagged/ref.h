/* ref.h (tagged) - how is it told whether a child slot leads to an inner node or to a leaf?
 *
 * Parent: list.  Change: by the lowest bit of the pointer, which is free because nodes are aligned.
 * So the kind is known before the node is touched, and needs no field. */
#ifndef REF_H
#define REF_H

static inline size_t ref_node_bytes(enum node_kind kind) {
    return size_room(kind);
}

static inline ref ref_make(void *memory, enum node_kind kind) {
    return (ref){(uintptr_t)memory | (kind == NODE_LEAF)};
}

static inline void *ref_memory(ref r) {
    return (void *)(r.word & ~(uintptr_t)1);
}

HOT bool ref_is_leaf(ref r) {
    return r.word & 1;
}

HOT struct inner *ref_inner(ref r) {
    return (struct inner *)r.word;
}

HOT struct leaf *ref_leaf(ref r) {
    return (struct leaf *)(r.word - 1);
}

#endif
