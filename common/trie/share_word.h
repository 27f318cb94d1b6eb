/* share_word.h - for those variants of share.h that remember a number of each node, behind it:
 *
 *     [ node as ref.h has it | number ] */
#ifndef SHARE_WORD_H
#define SHARE_WORD_H

static inline size_t share_bytes(enum node_kind kind) {
    return ref_node_bytes(kind) + sizeof(uint64_t);
}

static inline uint64_t *share_word(ref node) {
    size_t before = ref_node_bytes(ref_is_leaf(node) ? NODE_LEAF : NODE_INNER);
    return (uint64_t *)(void *)((char *)ref_memory(node) + before);
}

#endif
