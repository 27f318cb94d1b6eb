/* own.h (dated) - may a block be changed where it stands, or do versions of the map share it?
 *
 * Parent: bucket.  Change: each block has the time of its map's last snapshot when it was made, and
 * a map may change those that are no older than its last one (common/map/stretches.h, which also
 * says when memory comes back).  To copy a fork, or an array of slots, touches nothing that it
 * leads to; a count of holders would have to be changed in each.
 * Cost: four bytes a block, which each put reads of its bucket; a block for a snapshot; a word or
 * two for each block given up; to destroy a map is to look at all that its own arrays lead to, and
 * at what the stretch beside it gave up.
 * Waste: what both sides of a snapshot gave up is there until one of them is destroyed.
 *
 * After 2^32 snapshots the clock is at its end, and further ones are copies.
 *
 * Threads: only with the blocks.h of bucket.  Any other has its blocks in a region, which may move
 * when one version changes while another thread reads a second one. */
#ifndef OWN_H
#define OWN_H

enum {
    OWN_TRAIT = HAMT_SHARES,
    OWN_BYTES = sizeof(uint64_t),
};

typedef uint32_t own_date;

#define OWN_FIRST own_date date;

static inline uint64_t given_date(const struct hamt *map, given left) {
    return *(const own_date *)given_memory(map, left);
}

#include "stretches.h"

struct own_common {
    struct blocks blocks;
    uint64_t clock;
};

struct own {
    struct own_common *common;
    struct stretch stretch; /* the last one, in which the map changes */
};

static inline struct blocks *own_blocks(const struct own *own) {
    return &own->common->blocks;
}

static inline bool own_init(struct own *own) {
    *own = (struct own){.common = (struct own_common *)mem_alloc(sizeof *own->common)};
    if (!own->common)
        return false;
    blocks_init(&own->common->blocks);
    own->common->clock = 0;
    return true;
}

static inline bool own_can_join(const struct own *own) {
    return own->common->clock < UINT32_MAX;
}

static inline bool own_join(struct own *joining, struct own *own) {
    joining->common = own->common;
    return stretch_end(&own->stretch, &joining->stretch, &own->common->clock);
}

static inline void own_free(struct own *own, struct hamt *map,
                            void free_given(struct hamt *map, given block)) {
    if (stretch_leave(&own->stretch, map, free_given))
        return;
    blocks_free(&own->common->blocks);
    mem_free(own->common);
}

static inline void own_count(const struct own *own, struct hamt_stats *stats) {
    count_block(stats, HAMT_BYTES_MAP, own->common);
    stretch_count(&own->stretch, stats);
}

static inline void own_begin(const struct own *own, void *block) {
    *(own_date *)block = (own_date)own->stretch.begun;
}

static inline bool own_alone(const struct own *own, const void *block) {
    return *(const own_date *)block >= own->stretch.begun;
}

static inline bool own_way_alone(const struct own *own, const void *block) {
    return block && own_alone(own, block);
}

static inline void own_hold(void *block) {
    (void)block;
}

static inline bool own_give_up(struct own *own, given block) {
    return stretch_give_up(&own->stretch, block);
}

static inline bool own_leave(const struct own *own, void *block) {
    return own_alone(own, block);
}

static inline void own_take_back(struct own *own) {
    stretch_take_back(&own->stretch);
}

static inline const char *own_check(const struct own *own, const void *block) {
    return *(const own_date *)block <= own->common->clock ? NULL : "own: no block is of the future";
}

#endif
