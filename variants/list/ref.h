/* ref.h (list) - how is it told whether a child slot leads to an inner node or to a leaf?
 *
 * Contract: ref_node_bytes(kind) is the size of the memory that a node of this kind needs, and
 * ref_make turns such memory into a ref, its contents still to be initialised as struct inner or
 * struct leaf.  ref_is_leaf, ref_inner, ref_leaf and ref_memory undo that; none of them may be
 * asked of REF_NONE, ref_memory excepted, which gives NULL.
 *
 * Here a node is a variant, a union with a field that tells its kind: every step down reads the
 * field of the node it has come to, and a leaf is as large as an inner node. */
#ifndef REF_H
#define REF_H

struct node {
    union {
        struct inner inner;
        struct leaf leaf;
    } as;
    unsigned char kind; /* enum node_kind */
};

static inline size_t ref_node_bytes(enum node_kind kind) {
    (void)kind;
    return sizeof(struct node);
}

static inline ref ref_make(void *memory, enum node_kind kind) {
    struct node *node = memory;
    node->kind = (unsigned char)kind;
    return (ref){(uintptr_t)node};
}

static inline void *ref_memory(ref r) {
    return (void *)r.word;
}

HOT bool ref_is_leaf(ref r) {
    return ((const struct node *)r.word)->kind == NODE_LEAF;
}

HOT struct inner *ref_inner(ref r) {
    return &((struct node *)r.word)->as.inner;
}

HOT struct leaf *ref_leaf(ref r) {
    return &((struct node *)r.word)->as.leaf;
}

#endif
