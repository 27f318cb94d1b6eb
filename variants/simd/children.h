/* children.h (simd) - how does a node keep its children?
 *
 * Parent: list.  Change: the seeds' last idea is vector instructions "for bitmap operations"; but a
 * popcount is one instruction already, so what vectors can replace is the bitmap as a whole.  Here
 * the children stand in no order, each with its chunk in a byte beside it, and a child is found by
 * comparing sixteen of these bytes at once (the node of 16 children of the adaptive radix tree).
 *
 *     block   [ 16 chunk bytes | 16 more ... | slot | slot | ... ]
 *
 * Adding and removing move no other child.
 * Waste: sixteen bytes of chunks for the one child that most nodes have.
 * The vectors are the compilers' portable ones: SSE2 or NEON, whichever there is. */
#ifndef CHILDREN_H
#define CHILDREN_H

enum { LANES = 16, NO_CHUNK = 0xff /* fills the lanes that stand for no child */ };

typedef uint8_t lanes __attribute__((vector_size(LANES)));

struct children {
    lanes *chunks; /* the block; the slots follow the lanes of the whole capacity */
    ref *items;
    uint32_t count;
    uint32_t capacity;
};

static inline void children_init(struct children *children) {
    *children = (struct children){0};
}

/* The index of the child for `chunk`, children->count or more if there is none. */
HOT unsigned children_index(const struct children *children, unsigned chunk) {
    for (unsigned i = 0; i < children->count; i += LANES) {
        union {
            lanes all;
            uint64_t half[2];
        } equal = {(lanes)(children->chunks[i / LANES] == (uint8_t)chunk)};
        if (equal.half[0])
            return i + (unsigned)__builtin_ctzll(equal.half[0]) / 8;
        if (equal.half[1])
            return i + 8 + (unsigned)__builtin_ctzll(equal.half[1]) / 8;
    }
    return children->count;
}

HOT ref *children_find(const struct children *children, unsigned chunk) {
    unsigned index = children_index(children, chunk);
    return index < children->count ? &children->items[index] : NULL;
}

static inline uint8_t *children_bytes(const struct children *children) {
    return (uint8_t *)children->chunks;
}

static inline size_t children_lane_bytes(uint32_t capacity) {
    return (capacity + LANES - 1) / LANES * LANES;
}

/* Moves the children to a block for so many.  The old one is left as it was, and false when memory
 * is out. */
static inline bool children_move(struct children *children, uint32_t capacity) {
    size_t lane_bytes = children_lane_bytes(capacity);
    uint8_t *block = mem_alloc(lane_bytes + capacity * sizeof(ref));
    if (!block)
        return false;
    ref *items = (ref *)(void *)(block + lane_bytes);
    memset(block, NO_CHUNK, lane_bytes);
    if (children->count > 0) {
        memcpy(block, children->chunks, children->count);
        memcpy(items, children->items, children->count * sizeof *items);
    }
    children->chunks = (lanes *)(void *)block;
    children->items = items;
    children->capacity = capacity;
    return true;
}

HOT bool children_add(struct array_space *space, struct children *children, unsigned chunk,
                      ref child) {
    (void)space;
    if (children->count == children->capacity) {
        lanes *old = children->chunks;
        if (!children_move(children, children->capacity ? children->capacity * 2 : 1))
            return false;
        mem_free(old);
    }
    children_bytes(children)[children->count] = (uint8_t)chunk;
    children->items[children->count++] = child;
    return true;
}

static inline bool children_copy(struct array_space *space, struct children *children) {
    (void)space;
    return children_move(children, children->capacity);
}

static inline uint64_t children_differ(const struct children *a, const struct children *b) {
    uint64_t differ = 0;
    for (unsigned chunk = 0; chunk < CHUNK_VALUES; chunk++) {
        const ref *in_a = children_find(a, chunk), *in_b = children_find(b, chunk);
        if ((in_a ? in_a->word : 0) != (in_b ? in_b->word : 0))
            differ |= UINT64_C(1) << chunk;
    }
    return differ;
}

/* The last child fills the place. */
HOT void children_remove(struct array_space *space, struct children *children, unsigned chunk) {
    (void)space;
    unsigned index = children_index(children, chunk);
    unsigned last = --children->count;
    children_bytes(children)[index] = children_bytes(children)[last];
    children->items[index] = children->items[last];
    children_bytes(children)[last] = NO_CHUNK;
}

static inline unsigned children_count(const struct children *children) {
    return children->count;
}

static inline unsigned children_places(const struct children *children) {
    return children->count;
}

static inline ref children_at(const struct children *children, unsigned index) {
    return children->items[index];
}

static inline void children_free(struct array_space *space, struct children *children) {
    (void)space;
    mem_free(children->chunks);
}

static inline const char *children_check(const struct children *children) {
    if (children->count > children->capacity)
        return "children: the array is within its capacity";
    for (unsigned i = 0; i < children_lane_bytes(children->capacity); i++) {
        unsigned chunk = children_bytes(children)[i];
        if (i >= children->count ? chunk != NO_CHUNK : children_index(children, chunk) != i)
            return "children: every chunk stands once, and none behind the last child";
    }
    return NULL;
}

static inline void children_count_bytes(const struct array_space *space,
                                        const struct children *children, struct hamt_stats *stats) {
    (void)space;
    count_block(stats, HAMT_BYTES_CHILDREN, children->chunks);
}

#endif
