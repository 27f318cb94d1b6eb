/* share.h (list) - may a node be changed where it stands, or do versions of the map share it?
 *
 * Contract.  A node is held by each slot that leads to it: of a node above, or the root's of a map.
 *   share_bytes    the memory that a node needs: what ref.h says, and what is remembered of it
 *   share_begin    a new node has one holder
 *   share_hold     it has one more
 *   share_alone    whether its only holder, a map of this share, may change it where it stands
 *   share_give_up  one that may not be changed is to be left, since a copy takes its place; false
 *                  when memory is out, and it is not
 *   share_leave    it has one holder less: after share_give_up, or since the map that holds it, or
 *                  a node above, is no more; true if that was the last, and the node is the
 *                  caller's to free
 *   share_check    the first broken invariant of a node, NULL if all hold
 * struct share is what a map has of its stores (stores.h); share_stores are these.
 *   share_init     makes them; false when memory is out, and there is nothing to free
 *   share_join     *joining, of a map that will hold the other's root, takes part in its stores;
 *                  false when memory is out, and it does not
 *   share_free     takes part no longer, when the map holds nothing any more; free_node is asked to
 *                  free, alone, each node whose last holder has given it up but that was not freed
 *                  before; the last map to leave frees the stores
 *   share_count    adds what *share is behind a pointer to *stats
 * SHARE_TRAIT is HAMT_SHARES if a snapshot may hold nodes of its map; else share_hold, share_join
 * and share_give_up are never called, and all that asks for permission is compiled away.
 *
 * Here nothing is shared, and every node may be changed. */
#ifndef SHARE_H
#define SHARE_H

enum { SHARE_TRAIT = 0 };

struct share {
    struct stores stores;
};

static inline struct stores *share_stores(const struct share *share) {
    return (struct stores *)&share->stores;
}

static inline bool share_init(struct share *share, const struct hamt_config *config) {
    return stores_init(&share->stores, config);
}

static inline bool share_join(struct share *joining, struct share *share) {
    (void)joining, (void)share;
    return false;
}

static inline void share_free(struct share *share, struct hamt *map,
                              void free_node(struct hamt *map, ref node)) {
    (void)map, (void)free_node;
    stores_free(&share->stores);
}

static inline void share_count(const struct share *share, struct hamt_stats *stats) {
    (void)share, (void)stats;
}

static inline size_t share_bytes(enum node_kind kind) {
    return ref_node_bytes(kind);
}

static inline void share_begin(const struct share *share, ref node) {
    (void)share, (void)node;
}

static inline void share_hold(ref node) {
    (void)node;
}

static inline bool share_alone(const struct share *share, ref node) {
    (void)share, (void)node;
    return true;
}

static inline bool share_give_up(struct share *share, ref node) {
    (void)share, (void)node;
    return true;
}

static inline bool share_leave(const struct share *share, ref node) {
    (void)share, (void)node;
    return true;
}

static inline const char *share_check(const struct share *share, ref node) {
    (void)share, (void)node;
    return NULL;
}

#endif
