/* ref.h (list) - how is it told whether a child slot leads to an inner node or to a leaf?
 *
 * Contract: ref_node_bytes(kind) is the size of the memory that a node of this kind needs: its room
 * (size.h), and what telling the kind takes beside it.  ref_make turns such memory into a ref, its
 * contents still to be initialised as struct inner or struct leaf.  ref_is_leaf, ref_inner,
 * ref_leaf and ref_memory undo that; none of them may be asked of REF_NONE.
 *
 * Here a field behind the room tells the kind, and every step down reads the field of the node it
 * has come to.  The field must be at one place whatever the kind is, so a ref leads to where a node
 * of the larger room would begin:
 *
 *     larger     [ room       | kind ]
 *     smaller    .    [ room  | kind ]
 *                ^ ref */
#ifndef REF_H
#define REF_H

struct node {
    union {
        struct inner inner;
        struct leaf leaf;
    } as;
    unsigned char kind; /* enum node_kind */
};

/* From where a ref leads to where the node begins. */
static inline size_t ref_gap(enum node_kind kind) {
    return offsetof(struct node, kind) - size_room(kind);
}

static inline size_t ref_node_bytes(enum node_kind kind) {
    return sizeof(struct node) - ref_gap(kind);
}

static inline ref ref_make(void *memory, enum node_kind kind) {
    ref made = {(uintptr_t)memory - ref_gap(kind)};
    ((struct node *)made.word)->kind = (unsigned char)kind;
    return made;
}

HOT bool ref_is_leaf(ref r) {
    return ((const struct node *)r.word)->kind == NODE_LEAF;
}

static inline void *ref_memory(ref r) {
    return (void *)(r.word + ref_gap((enum node_kind)((const struct node *)r.word)->kind));
}

HOT struct inner *ref_inner(ref r) {
    return (struct inner *)(r.word + ref_gap(NODE_INNER));
}

HOT struct leaf *ref_leaf(ref r) {
    return (struct leaf *)(r.word + ref_gap(NODE_LEAF));
}

#endif
