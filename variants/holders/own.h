/* own.h (holders) - may a block be changed where it stands, or do versions of the map share it?
 *
 * Parent: bucket.  Change: each block counts its holders, forks and roots that lead to it, and one
 * with several is copied before it is changed.  It goes back to the store when it has lost its
 * last, so that nothing has to be remembered of what was given up, as by `dated`: a version takes
 * what it copies, and the map itself.
 * Cost: four bytes a block; a put reads the count of each fork on its way as long as a second
 * version lives; to copy a fork is to count up both its children, of which one is touched for
 * nothing else.
 *
 * It is for a root without arrays: to copy an array of slots would be to count up all that they
 * lead to.  With any other nothing is shared, and a snapshot is a copy; so are those after 2^32
 * versions that live at once.
 *
 * Threads: only with the blocks.h of bucket.  Any other has its blocks in a region, which may move
 * when one version changes while another thread reads a second one. */
#ifndef OWN_H
#define OWN_H

enum {
    OWN_TRAIT = ROOT_ARRAYS ? 0 : HAMT_SHARES,
    OWN_BYTES = sizeof(uint64_t),
};

typedef uint32_t own_holders; /* of one block: no more than there are versions */

#define OWN_FIRST own_holders holders;

struct own_common {
    struct blocks blocks;
    size_t versions; /* maps that take part */
};

struct own {
    struct own_common *common;
};

static inline struct blocks *own_blocks(const struct own *own) {
    return &own->common->blocks;
}

static inline bool own_init(struct own *own) {
    *own = (struct own){.common = (struct own_common *)mem_alloc(sizeof *own->common)};
    if (!own->common)
        return false;
    blocks_init(&own->common->blocks);
    own->common->versions = 1;
    return true;
}

static inline bool own_can_join(const struct own *own) {
    return OWN_TRAIT != 0 && own->common->versions < UINT32_MAX;
}

static inline bool own_join(struct own *joining, struct own *own) {
    joining->common = own->common;
    own->common->versions++;
    return true;
}

static inline void own_free(struct own *own, struct hamt *map,
                            void free_given(struct hamt *map, given block)) {
    (void)map, (void)free_given;
    if (--own->common->versions > 0)
        return;
    blocks_free(&own->common->blocks);
    mem_free(own->common);
}

static inline void own_count(const struct own *own, struct hamt_stats *stats) {
    count_block(stats, HAMT_BYTES_MAP, own->common);
}

static inline void own_begin(const struct own *own, void *block) {
    (void)own;
    *(own_holders *)block = 1;
}

static inline bool own_alone(const struct own *own, const void *block) {
    (void)own;
    return *(const own_holders *)block == 1;
}

static inline bool own_way_alone(const struct own *own, const void *block) {
    (void)block;
    return own->common->versions == 1;
}

static inline void own_hold(void *block) {
    ++*(own_holders *)block;
}

static inline bool own_give_up(struct own *own, given left) {
    --*(own_holders *)block_at(own_blocks(own), link_unmark(left.block));
    return true;
}

static inline bool own_leave(const struct own *own, void *block) {
    (void)own;
    return --*(own_holders *)block == 0;
}

/* Only arrays are given up before something else may fail. */
static inline void own_take_back(struct own *own) {
    (void)own;
}

static inline const char *own_check(const struct own *own, const void *block) {
    own_holders holders = *(const own_holders *)block;
    return holders > 0 && (holders == 1 || own->common->versions > 1)
               ? NULL
               : "own: a block has a holder, and one alone if there is one version";
}

#endif
