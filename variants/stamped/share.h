/* share.h (stamped) - may a node be changed where it stands, or do versions of the map share it?
 *
 * Parent: list.  Change: a clock ticks with every snapshot, each node has the time of its map's
 * last one when it was made, and a map may change those that are no older than its last snapshot:
 * older ones are in that, too.  So to copy a node is to copy it: none of its children is touched.
 * When memory comes back is told by the tree of all snapshots (common/map/stretches.h).
 * Cost: a word a node, which each put reads on its way; a block for a snapshot; a word for each
 * node given up; to destroy a map is to look at what the stretch beside it gave up.
 * Waste: what both sides of a snapshot gave up is there until one of them is destroyed. */
#ifndef SHARE_H
#define SHARE_H

#include "share_word.h"

enum { SHARE_TRAIT = HAMT_SHARES };

typedef ref given;

enum { GIVEN_UP_MOST = 5 }; /* as many nodes as most puts pass */

static inline uint64_t given_date(const struct hamt *map, given node) {
    (void)map;
    return *share_word(node);
}

#include "stretches.h"

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

static inline bool share_join(struct share *joining, struct share *share) {
    joining->common = share->common;
    return stretch_end(&share->stretch, &joining->stretch, &share->common->clock);
}

static inline void share_free(struct share *share, struct hamt *map,
                              void free_node(struct hamt *map, ref node)) {
    if (stretch_leave(&share->stretch, map, free_node))
        return;
    stores_free(&share->common->stores);
    mem_free(share->common);
}

static inline void share_count(const struct share *share, struct hamt_stats *stats) {
    count_block(stats, HAMT_BYTES_MAP, share->common);
    stretch_count(&share->stretch, stats);
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
    return stretch_give_up(&share->stretch, node);
}

static inline bool share_leave(const struct share *share, ref node) {
    return share_alone(share, node);
}

static inline const char *share_check(const struct share *share, ref node) {
    return *share_word(node) <= share->common->clock ? NULL : "share: no node is of the future";
}

#endif
