/* part.h - where two entries part: making the nodes that two need which had one way so far, and
 * taking them away when one is left. */
#ifndef PART_H
#define PART_H

#include "champ.h"

/* Frees a chain of nodes with one child each and the node at its end, but no entry. */
static inline void part_free(struct hamt *map, struct link top, unsigned level) {
    while (link_head(&top)->children) {
        struct link below = *slots_children(&top);
        slots_free(map, &top, level++);
        top = below;
    }
    slots_free(map, &top, level);
}

/* Makes *node lead to a new one that has two entries and stands below `level` chunks, all of which
 * they have in common.  False when memory is out. */
static inline bool part_fork(struct hamt *map, struct link *node, unsigned level, uint64_t hash_one,
                             struct held one, uint64_t hash_two, struct held two) {
    if (!slots_make(map, node, (struct extent){.entries = 2}))
        return false;
    struct held *entries = slots_entries(node, 0);
    bool one_is_second = false;
    if (level < CHUNK_LEVELS) {
        unsigned chunk_one = chunk_at(hash_one, level), chunk_two = chunk_at(hash_two, level);
        one_is_second = chunk_one > chunk_two;
        link_head(node)->entries = (chunk_set)(sparse_bit(chunk_one) | sparse_bit(chunk_two));
    } else {
        link_head(node)->entries = 2;
    }
    entries[one_is_second] = one;
    entries[!one_is_second] = two;
    return true;
}

/* Puts `held` where the way of its hash leads to another entry: both move down to where they part.
 * False when memory is out, and nothing changed. */
static inline bool part_put(struct hamt *map, const struct place *place, uint64_t hash,
                            struct held held) {
    uint64_t other = hash_of(map, held_entry(place->held)->key);
    unsigned level = other == hash ? CHUNK_LEVELS : chunk_divergence(hash, other);
    struct link top;
    if (!part_fork(map, &top, level, hash, held, other, *place->held))
        return false;
    while (--level > place->level) {
        struct link above;
        if (!slots_make(map, &above, (struct extent){.children = 1})) {
            part_free(map, top, level + 1);
            return false;
        }
        link_head(&above)->children = (chunk_set)sparse_bit(chunk_at(hash, level));
        *slots_children(&above) = top;
        top = above;
    }
    if (slots_push_down(map, place->node, place->level, chunk_at(hash, place->level), top))
        return true;
    part_free(map, top, place->level + 1);
    return false;
}

static inline bool part_is_chain(const struct link *node, unsigned level) {
    struct extent extent = slots_extent(node, level);
    return extent.children == 1 && extent.entries == 0;
}

/* Takes out the entry at `place`, which has been dropped.  One that is left alone in a node below
 * the root moves up, past all nodes in which it would be alone. */
static inline void part_cut(struct hamt *map, struct link **path, const struct place *place,
                            uint64_t hash) {
    unsigned level = place->level;
    struct extent extent = slots_extent(place->node, level);
    if (level == 0 || extent.children > 0 || extent.entries > 2) {
        slots_remove(map, place->node, level, level < CHUNK_LEVELS ? chunk_at(hash, level) : 0,
                     place->held);
        return;
    }
    struct held *entries = slots_entries(place->node, 0);
    struct held rest = entries[place->held == entries];
    do
        slots_free(map, path[level], level);
    while (--level > 0 && part_is_chain(path[level], level));
    slots_pull_up(map, path[level], level, chunk_at(hash, level), rest);
}

#endif
