/* node_arenas.h - the store of nodes for those variants of node.h that keep them in arenas: one
 * arena for each size of node.  What happens to a dead node's place is theirs to say. */
#ifndef NODE_ARENAS_H
#define NODE_ARENAS_H

#include "arena.h"

struct node_space {
    struct arena of_kind[2]; /* by enum node_kind; one serves both kinds if their sizes are equal */
};

static inline struct arena *node_arena(struct node_space *space, enum node_kind kind) {
    bool one_size = share_bytes(NODE_INNER) == share_bytes(NODE_LEAF);
    return &space->of_kind[one_size ? NODE_INNER : kind];
}

static inline bool node_space_init(struct node_space *space, const struct hamt_config *config) {
    (void)config;
    *space = (struct node_space){0};
    return true;
}

static inline void node_space_free(struct node_space *space) {
    arena_free_all(&space->of_kind[NODE_INNER]);
    arena_free_all(&space->of_kind[NODE_LEAF]);
}

static inline void node_count(const void *memory, struct hamt_stats *stats) {
    (void)memory, (void)stats; /* a node has no block of its own */
}

static inline void node_space_count(const struct node_space *space, struct hamt_stats *stats) {
    arena_count(&space->of_kind[NODE_INNER], HAMT_BYTES_NODES, stats);
    arena_count(&space->of_kind[NODE_LEAF], HAMT_BYTES_NODES, stats);
}

#endif
