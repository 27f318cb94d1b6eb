/* share.h (stamped) - may a node be changed where it stands, or do versions of the map share it?
 *
 * Parent: list.  Change: a clock ticks with every snapshot, each node has the time of its map's
 * last one when it was made, and a map may change those that are no older than its last snapshot:
 * older ones are in that, too.  So to copy a node is to copy it: none of its children is touched.
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
 * Cost: a word a node, which each put reads on its way; a block for a snapshot; a word for each
 * node given up; to destroy a map is to look at what the stretch beside it gave up.
 * Waste: what both sides of a snapshot gave up is there until one of them is destroyed. */
#ifndef SHARE_H
#define SHARE_H

#include "share_word.h"

enum { SHARE_TRAIT = HAMT_SHARES };

enum { GIVEN_UP_MOST = 5 }; /* as many nodes as most puts pass */

struct given_up {
    struct given_up *next;
    size_t count;
    ref nodes[GIVEN_UP_MOST];
};

struct stretch {
    struct stretch *above;     /* NULL for that in which all began */
    struct stretch *below[2];  /* of one that a snapshot has ended */
    uint64_t begun;            /* nodes made before are older than this stretch */
    struct given_up *given_up; /* older nodes */
};

struct share {
    struct share_common {
        struct stores stores;
        uint64_t clock;
    } * common;
    struct stretch stretch; /* the last one, in which the map changes */
};

static inline struct stores *share_stores(const struct share *share) {
    return &share->common->stores;
}

static inline bool share_init(struct share *share, const struct hamt_config *config) {
    *share = (struct share){.common = mem_alloc(sizeof *share->common)};
    if (!share->common)
        return false;
    share->common->clock = 0;
    if (stores_init(&share->common->stores, config))
        return true;
    mem_free(share->common);
    return false;
}

/* Puts a stretch where another is, below the one above it. */
static inline void stretch_replace(const struct stretch *old, struct stretch *with) {
    struct stretch *above = old->above;
    if (above)
        above->below[above->below[1] == old] = with;
}

static inline bool share_join(struct share *joining, struct share *share) {
    struct stretch *ended = mem_alloc(sizeof *ended);
    if (!ended)
        return false;
    stretch_replace(&share->stretch, ended);
    *ended = share->stretch;
    ended->below[0] = &share->stretch;
    ended->below[1] = &joining->stretch;
    joining->common = share->common;
    joining->stretch = share->stretch =
        (struct stretch){.above = ended, .begun = ++share->common->clock};
    return true;
}

/* Frees those that a stretch gave up which are not older than `since`. */
static inline void stretch_forget(struct stretch *stretch, uint64_t since, struct hamt *map,
                                  void free_node(struct hamt *map, ref node)) {
    for (struct given_up **at = &stretch->given_up, *block; (block = *at) != NULL;) {
        size_t kept = 0;
        for (size_t i = 0; i < block->count; i++) {
            if (*share_word(block->nodes[i]) < since)
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

static inline void share_free(struct share *share, struct hamt *map,
                              void free_node(struct hamt *map, ref node)) {
    struct stretch *above = share->stretch.above;
    given_up_free(share->stretch.given_up);
    if (!above) {
        stores_free(&share->common->stores);
        mem_free(share->common);
        return;
    }
    struct stretch *beside = above->below[above->below[0] == &share->stretch];
    stretch_forget(beside, above->begun, map, free_node);
    struct given_up **end = &beside->given_up;
    while (*end)
        end = &(*end)->next;
    *end = above->given_up;
    stretch_replace(above, beside);
    beside->above = above->above;
    beside->begun = above->begun;
    mem_free(above);
}

static inline void share_count(const struct share *share, struct hamt_stats *stats) {
    count_block(stats, HAMT_BYTES_MAP, share->common);
    for (const struct given_up *block = share->stretch.given_up; block; block = block->next)
        count_block(stats, HAMT_BYTES_MAP, block);
}

static inline void share_begin(const struct share *share, ref node) {
    *share_word(node) = share->stretch.begun;
}

static inline void share_hold(ref node) {
    (void)node;
}

static inline bool share_alone(const struct share *share, ref node) {
    return *share_word(node) >= share->stretch.begun;
}

static inline bool share_give_up(struct share *share, ref node) {
    struct given_up *block = share->stretch.given_up;
    if (!block || block->count == GIVEN_UP_MOST) {
        block = mem_alloc(sizeof *block);
        if (!block)
            return false;
        block->next = share->stretch.given_up;
        block->count = 0;
        share->stretch.given_up = block;
    }
    block->nodes[block->count++] = node;
    return true;
}

static inline bool share_leave(const struct share *share, ref node) {
    return share_alone(share, node);
}

static inline const char *share_check(const struct share *share, ref node) {
    return *share_word(node) <= share->common->clock ? NULL : "share: no node is of the future";
}

#endif
