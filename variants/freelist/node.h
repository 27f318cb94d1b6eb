/* node.h (freelist) - where does a node's memory come from, and where does it go when the node
 * dies?
 *
 * Parent: arena.  Change: a dead node's place goes onto a free list, and the next node to be born
 * takes it. */
#ifndef NODE_H
#define NODE_H

#include "node_arenas.h"

HOT void *node_alloc(struct node_space *space, enum node_kind kind) {
    struct arena *arena = node_arena(space, kind);
    void *place = arena_reuse(arena);
    return place ? place : arena_alloc(arena, share_bytes(kind));
}

HOT void node_free(struct node_space *space, void *memory, enum node_kind kind) {
    arena_recycle(node_arena(space, kind), memory);
}

static inline const char *node_space_check(const struct node_space *space) {
    const char *broken = arena_check_recycled(&space->of_kind[NODE_INNER]);
    return broken ? broken : arena_check_recycled(&space->of_kind[NODE_LEAF]);
}

#endif
