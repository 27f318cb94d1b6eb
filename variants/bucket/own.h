/* own.h (bucket) - may a block be changed where it stands, or do versions of the map share it?
 *
 * Contract.  "Block" means an array of the root as well here (root.h); functions take its memory,
 * which begins with what is remembered of it.
 *   OWN_FIRST      the member of a struct with which a block begins; nothing if there is none
 *   OWN_BYTES      what an array has for it, a multiple of what arrays are aligned for
 *   own_begin      a block is new, and this map's own
 *   own_alone      whether a block may be changed where it stands, if all that lead to it may
 *   own_way_alone  whether it is known without a look at them that it may, and they too; of NULL,
 *                  where there is no block, whether all that lead there may
 *   own_hold       one is what one more of the map's own leads to; or the root, of one without
 *                  arrays
 *   own_give_up    one that may not be changed is left, since another takes its place; false when
 *                  memory is out, and it is not
 *   own_leave      nothing of the map's own leads to it any more; whether no map has it then, and
 *                  it is to be freed
 *   own_take_back  the last that was given up is not, after all
 *   own_check      the first broken invariant of a block that the map has, NULL if all hold
 * struct own is what a map has of a store of blocks (blocks.h); own_blocks is that store.
 *   own_init       makes it; false when memory is out, and there is nothing to free
 *   own_can_join   whether another version of the map can take part in it
 *   own_join       *joining, of a map that will have the same blocks, takes part, and no block is
 *                  the map's own any more; false when memory is out, and it does not
 *   own_free       takes part no longer, when all blocks that were the map's own are gone;
 *                  free_given is asked to free, alone, each block that no map has any more; the
 *                  last to leave frees the store
 *   own_count      adds what *own is behind a pointer to *stats
 * OWN_TRAIT is HAMT_SHARES if a snapshot may have blocks of its map; else there are no others than
 * a map's own, and all that asks is compiled away.
 *
 * Here nothing is shared, and every block may be changed. */
#ifndef OWN_H
#define OWN_H

enum { OWN_TRAIT = 0, OWN_BYTES = 0 };

#define OWN_FIRST /* nothing */

struct own {
    struct blocks blocks;
};

static inline struct blocks *own_blocks(const struct own *own) {
    return (struct blocks *)&own->blocks;
}

static inline bool own_init(struct own *own) {
    blocks_init(&own->blocks);
    return true;
}

static inline bool own_can_join(const struct own *own) {
    (void)own;
    return false;
}

static inline bool own_join(struct own *joining, struct own *own) {
    (void)joining, (void)own;
    return false;
}

static inline void own_free(struct own *own, struct hamt *map,
                            void free_given(struct hamt *map, given block)) {
    (void)map, (void)free_given;
    blocks_free(&own->blocks);
}

static inline void own_count(const struct own *own, struct hamt_stats *stats) {
    (void)own, (void)stats;
}

static inline void own_begin(const struct own *own, void *block) {
    (void)own, (void)block;
}

static inline bool own_alone(const struct own *own, const void *block) {
    (void)own, (void)block;
    return true;
}

static inline bool own_way_alone(const struct own *own, const void *block) {
    (void)own, (void)block;
    return true;
}

static inline void own_hold(void *block) {
    (void)block;
}

static inline bool own_give_up(struct own *own, given block) {
    (void)own, (void)block;
    return true;
}

static inline bool own_leave(const struct own *own, void *block) {
    (void)own, (void)block;
    return true;
}

static inline void own_take_back(struct own *own) {
    (void)own;
}

static inline const char *own_check(const struct own *own, const void *block) {
    (void)own, (void)block;
    return NULL;
}

#endif
