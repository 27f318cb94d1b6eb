/* node.h (list) - where does a node's memory come from, and where does it go when the node dies?
 *
 * Contract: node_alloc gives memory for one node (share_bytes of its kind), aligned for any type,
 * NULL when memory is out; node_free takes it back.  node_space_init makes the map's store of
 * nodes, empty (false: memory is out, and there is nothing to free), node_space_free frees it after
 * its nodes.  When the last node is gone the store holds what a new one does.  node_space_check
 * gives the store's first broken invariant, NULL if all hold.  node_count adds one node's own block
 * to *stats, node_space_count what the store holds as a whole.
 *
 * Here every node is malloc'ed and freed on its own. */
#ifndef NODE_H
#define NODE_H

struct node_space {
    char none; /* nothing to remember, and C has no empty struct */
};

static inline bool node_space_init(struct node_space *space, const struct hamt_config *config) {
    (void)config;
    space->none = 0;
    return true;
}

static inline void node_space_free(struct node_space *space) {
    (void)space;
}

HOT void *node_alloc(struct node_space *space, enum node_kind kind) {
    (void)space;
    return mem_alloc(share_bytes(kind));
}

HOT void node_free(struct node_space *space, void *memory, enum node_kind kind) {
    (void)space, (void)kind;
    mem_free(memory);
}

static inline const char *node_space_check(const struct node_space *space) {
    (void)space;
    return NULL;
}

static inline void node_count(const void *memory, struct hamt_stats *stats) {
    count_block(stats, HAMT_BYTES_NODES, memory);
}

static inline void node_space_count(const struct node_space *space, struct hamt_stats *stats) {
    (void)space, (void)stats;
}

#endif
