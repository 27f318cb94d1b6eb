/* children.h (array64) - how does a node keep its children?
 *
 * Parent: list.  Change: in 64 slots inside the node, one for each chunk: no bitmap, no popcount,
 * no array to allocate or grow, one load to a child.
 * Waste: 512 bytes a node, nearly all of them empty, since most nodes have one child. */
#ifndef CHILDREN_H
#define CHILDREN_H

struct children {
    ref slots[CHUNK_VALUES]; /* REF_NONE where there is no child */
    unsigned count;
};

static inline void children_init(struct children *children) {
    *children = (struct children){0};
}

HOT ref *children_find(const struct children *children, unsigned chunk) {
    const ref *slot = &children->slots[chunk];
    return ref_is_none(*slot) ? NULL : (ref *)slot;
}

HOT bool children_add(struct array_space *space, struct children *children, unsigned chunk,
                      ref child) {
    (void)space;
    children->slots[chunk] = child;
    children->count++;
    return true;
}

HOT void children_remove(struct array_space *space, struct children *children, unsigned chunk) {
    (void)space;
    children->slots[chunk] = REF_NONE;
    children->count--;
}

static inline unsigned children_count(const struct children *children) {
    return children->count;
}

static inline unsigned children_places(const struct children *children) {
    (void)children;
    return CHUNK_VALUES;
}

static inline ref children_at(const struct children *children, unsigned index) {
    return children->slots[index];
}

static inline bool children_copy(struct array_space *space, struct children *children) {
    (void)space, (void)children;
    return true;
}

static inline uint64_t children_differ(const struct children *a, const struct children *b) {
    uint64_t differ = 0;
    for (unsigned chunk = 0; chunk < CHUNK_VALUES; chunk++)
        differ |= (uint64_t)(a->slots[chunk].word != b->slots[chunk].word) << chunk;
    return differ;
}

static inline void children_free(struct array_space *space, struct children *children) {
    (void)space, (void)children;
}

static inline const char *children_check(const struct children *children) {
    unsigned count = 0;
    for (unsigned i = 0; i < CHUNK_VALUES; i++)
        count += !ref_is_none(children->slots[i]);
    return count == children->count ? NULL : "children: the count is that of the occupied slots";
}

static inline void children_count_bytes(const struct array_space *space,
                                        const struct children *children, struct hamt_stats *stats) {
    (void)space, (void)children, (void)stats; /* they lie in the node */
}

#endif
