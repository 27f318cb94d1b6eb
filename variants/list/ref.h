/* ref.h (list) - how is it told whether a child slot leads to an inner node or to a leaf?
 *
 * Contract: ref_node_bytes(kind) is the size of the memory that a node of this kind needs: its room
 * (size.h), and what telling the kind takes beside it.  ref_make turns such memory into a ref, its
 * contents still to be initialised as struct inner or struct leaf.  ref_is_leaf, ref_inner,
 * ref_leaf and ref_memory undo that; none of them may be asked of REF_NONE, ref_memory excepted,
 * which gives NULL.
 *
 * Here a field in front of a node's room tells its kind, and every step down reads the field of the
 * node it has come to. */
#ifndef REF_H
#define REF_H

struct node_head {
    _Alignas(void *) unsigned char kind; /* enum node_kind; nothing in a node is aligned further */
};

static inline size_t ref_node_bytes(enum node_kind kind) {
    return sizeof(struct node_head) + size_room(kind);
}

static inline ref ref_make(void *memory, enum node_kind kind) {
    struct node_head *head = memory;
    head->kind = (unsigned char)kind;
    return (ref){(uintptr_t)head};
}

static inline void *ref_memory(ref r) {
    return (void *)r.word;
}

HOT bool ref_is_leaf(ref r) {
    return ((const struct node_head *)r.word)->kind == NODE_LEAF;
}

HOT struct inner *ref_inner(ref r) {
    return (struct inner *)(r.word + sizeof(struct node_head));
}

HOT struct leaf *ref_leaf(ref r) {
    return (struct leaf *)(r.word + sizeof(struct node_head));
}

#endif
