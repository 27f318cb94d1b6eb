/* node.h (arena) - where does a node's memory come from, and where does it go when the node dies?
 *
 * Parent: list.  Change: from blocks of 1,024 nodes, one arena for each size of node.
 * Waste: a dead node's memory is not used again until the map is empty, when all of it goes back.
 */
#ifndef NODE_H
#define NODE_H

#include "node_arenas.h"

HOT void *node_alloc(struct node_space *space, enum node_kind kind) {
    return arena_alloc(node_arena(space, kind), share_bytes(kind));
}

HOT void node_free(struct node_space *space, void *memory, enum node_kind kind) {
    (void)memory;
    arena_discard(node_arena(space, kind));
}

static inline const char *node_space_check(const struct node_space *space) {
    (void)space; /* the places of the dead are lost on purpose */
    return NULL;
}

#endif
