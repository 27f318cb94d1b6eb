/* stretches.h - when does the memory of a node come back that versions of a map share?
 *
 * For those answers to "may it be changed where it stands?" that go by dates: a clock ticks with
 * every snapshot, each node has the time of its map's last one when it was made, and a map may
 * change those that are no older than its last snapshot: older ones are in that, too.
 *
 * When memory comes back is told by the tree of all snapshots that were ever taken, as far as maps
 * of both sides are alive.  Each stretch of history, from one snapshot to the next, remembers which
 * older nodes it gave up:
 *
 *     stretch --+-- stretch --+-- map        a snapshot ends one stretch, and two begin
 *               |             +-- map
 *               +-- map
 *
 * When a map is destroyed, the younger nodes that it has go with it, and the stretch beside it and
 * the one above become one.  What the one beside gave up that is no older than the one above, no
 * map has any more.
 *
 * Whoever includes it has
 *     given            the type of what leads to a node
 *     GIVEN_UP_MOST    how many a block of them has: as many as most changes after a snapshot make
 *     given_date       the time that a node has
 *
 *     static inline uint64_t given_date(const struct hamt *map, given node); */
#ifndef STRETCHES_H
#define STRETCHES_H

struct given_up {
    struct given_up *next;
    size_t count;
    given nodes[GIVEN_UP_MOST];
};

struct stretch {
    struct stretch *above;     /* NULL for that in which all began */
    struct stretch *below[2];  /* of one that a snapshot has ended */
    uint64_t begun;            /* nodes made before are older than this stretch */
    struct given_up *given_up; /* older nodes */
};

/* Puts a stretch where another is, below the one above it. */
static inline void stretch_replace(const struct stretch *old, struct stretch *with) {
    struct stretch *above = old->above;
    if (above)
        above->below[above->below[1] == old] = with;
}

/* A snapshot ends a map's stretch: both its next one, where that was, and *joining, of the
 * snapshot, begin at a tick of the clock.  False when memory is out, and nothing changed. */
static inline bool stretch_end(struct stretch *stretch, struct stretch *joining, uint64_t *clock) {
    struct stretch *ended = (struct stretch *)mem_alloc(sizeof *ended);
    if (!ended)
        return false;
    stretch_replace(stretch, ended);
    *ended = *stretch;
    ended->below[0] = stretch;
    ended->below[1] = joining;
    *joining = *stretch = (struct stretch){.above = ended, .begun = ++*clock};
    return true;
}

/* Frees those that a stretch gave up which are not older than `since`. */
static inline void stretch_forget(struct stretch *stretch, uint64_t since, struct hamt *map,
                                  void free_node(struct hamt *map, given node)) {
    for (struct given_up **at = &stretch->given_up, *block; (block = *at) != NULL;) {
        size_t kept = 0;
        for (size_t i = 0; i < block->count; i++) {
            if (given_date(map, block->nodes[i]) < since)
                block->nodes[kept++] = block->nodes[i];
            else
                free_node(map, block->nodes[i]);
        }
        block->count = kept;
        if (kept > 0) {
            at = &block->next;
        } else {
            *at = block->next;
            mem_free(block);
        }
    }
}

static inline void given_up_free(struct given_up *block) {
    while (block) {
        struct given_up *next = block->next;
        mem_free(block);
        block = next;
    }
}

/* The stretch's map is no more; free_node is asked to free, alone, each node that no map has any
 * more.  False if it was the last map. */
static inline bool stretch_leave(struct stretch *stretch, struct hamt *map,
                                 void free_node(struct hamt *map, given node)) {
    struct stretch *above = stretch->above;
    given_up_free(stretch->given_up);
    if (!above)
        return false;
    struct stretch *beside = above->below[above->below[0] == stretch];
    stretch_forget(beside, above->begun, map, free_node);
    struct given_up **end = &beside->given_up;
    while (*end)
        end = &(*end)->next;
    *end = above->given_up;
    stretch_replace(above, beside);
    beside->above = above->above;
    beside->begun = above->begun;
    mem_free(above);
    return true;
}

/* False when memory is out, and it is not given up. */
static inline bool stretch_give_up(struct stretch *stretch, given node) {
    struct given_up *block = stretch->given_up;
    if (!block || block->count == GIVEN_UP_MOST) {
        block = (struct given_up *)mem_alloc(sizeof *block);
        if (!block)
            return false;
        block->next = stretch->given_up;
        block->count = 0;
        stretch->given_up = block;
    }
    block->nodes[block->count++] = node;
    return true;
}

/* The last that was given up is not, after all. */
static inline void stretch_take_back(struct stretch *stretch) {
    struct given_up *block = stretch->given_up;
    if (--block->count > 0)
        return;
    stretch->given_up = block->next;
    mem_free(block);
}

static inline void stretch_count(const struct stretch *stretch, struct hamt_stats *stats) {
    for (const struct given_up *block = stretch->given_up; block; block = block->next)
        count_block(stats, HAMT_BYTES_MAP, block);
}

#endif
