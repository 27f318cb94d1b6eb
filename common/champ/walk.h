/* walk.h - going down the trie on the way of a hash. */
#ifndef WALK_H
#define WALK_H

#include "champ.h"

/* Where the way of a hash ends. */
struct place {
    struct link *node;
    unsigned level;    /* chunks that lead to the node */
    struct held *held; /* the entry to which the way leads: it has the key, or is in its way; NULL
                          if none */
    bool found;        /* it has the key */
};

/* Of keys that collide: the entry with this one among those of a node below the last level. */
static inline struct held *walk_collided(const struct link *node, hamt_key key) {
    struct extent extent = slots_extent(node, CHUNK_LEVELS);
    struct held *entries = slots_entries(node, extent.children);
    for (size_t i = 0; i < extent.entries; i++)
        if (key_equal(held_entry(&entries[i])->key, key))
            return &entries[i];
    return NULL;
}

/* In a map that is not empty.  path: NULL, or where to put the links on the way, the root's first
 * and place.node last. */
static inline struct place walk_to(const struct hamt *map, hamt_key key, uint64_t hash,
                                   struct link **path) {
    struct place place = {.node = (struct link *)&map->root};
    for (; place.level < CHUNK_LEVELS; place.level++) {
        if (path)
            path[place.level] = place.node;
        unsigned chunk = chunk_at(hash, place.level);
        struct head head = *link_head(place.node);
        if (sparse_has(head.children, chunk)) {
            place.node = slots_child(place.node, head, chunk);
            continue;
        }
        if (sparse_has(head.entries, chunk)) {
            place.held = slots_entry(place.node, head, chunk);
            place.found = key_equal(held_entry(place.held)->key, key);
        }
        return place;
    }
    if (path)
        path[place.level] = place.node;
    place.held = walk_collided(place.node, key);
    place.found = place.held != NULL;
    return place;
}

#endif
