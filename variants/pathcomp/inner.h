/* inner.h (pathcomp) - what does an inner node hold beside its children?
 *
 * The second file of path compression, without which descend.h could skip nothing: the level at
 * which the node branches, and the prefix that all hashes below it share up to there. */
#ifndef INNER_H
#define INNER_H

struct inner {
    uint64_t way; /* the prefix in its low 6 * level bits; the level in the four bits on top */
    struct children children;
};

enum { INNER_LEVEL_SHIFT = 60 };

static inline void inner_init(struct inner *inner, unsigned level, uint64_t hash) {
    inner->way = chunk_prefix(hash, level) | (uint64_t)level << INNER_LEVEL_SHIFT;
    children_init(&inner->children);
}

static inline unsigned inner_level(const struct inner *inner, unsigned arrived) {
    (void)arrived;
    return (unsigned)(inner->way >> INNER_LEVEL_SHIFT);
}

static inline uint64_t inner_prefix(const struct inner *inner) {
    return chunk_hash(inner->way);
}

static inline bool inner_on_way(const struct inner *inner, uint64_t hash) {
    return chunk_prefix(inner->way ^ hash, inner_level(inner, 0)) == 0;
}

#endif
