/* inner.h (list) - what does an inner node hold beside its children?
 *
 * Contract: struct inner has a member `children`.
 *   inner_init    makes a node that has no child yet and branches at `level`, on the way of `hash`
 *   inner_level   the level at which a node branches, given the number of chunks that lead to it
 *   inner_prefix  a hash on whose way the node was made, right up to its level; asked only of nodes
 *                 that may lie off a hash's way
 *   inner_on_way  whether `hash`, which led here, agrees with the node on the levels it skips
 *
 * Here nothing: a node branches at the level where it is reached, and skips none. */
#ifndef INNER_H
#define INNER_H

struct inner {
    struct children children;
};

static inline void inner_init(struct inner *inner, unsigned level, uint64_t hash) {
    (void)level, (void)hash;
    children_init(&inner->children);
}

static inline unsigned inner_level(const struct inner *inner, unsigned arrived) {
    (void)inner;
    return arrived;
}

static inline bool inner_on_way(const struct inner *inner, uint64_t hash) {
    (void)inner, (void)hash;
    return true;
}

static inline uint64_t inner_prefix(const struct inner *inner) {
    (void)inner;
    return 0; /* never asked: no way leads to such a node that is not its own */
}

#endif
