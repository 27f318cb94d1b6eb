/* resize.h - a root with one bit more or less. */
#ifndef RESIZE_H
#define RESIZE_H

/* Twice the slots: a fork that stood in a slot is resolved by the root now.  False when memory is
 * out, and nothing changed. */
static inline bool resize_up(struct hamt *map) {
    struct root larger;
    unsigned depth = root_depth(&map->root);
    if (!root_init(&larger, depth + 1))
        return false;
    for (size_t number = 0; number < (size_t)1 << depth; number++) {
        struct slot slot = *root_at(&map->root, number), zero = slot, one = slot;
        if (link_is_fork(slot.block)) {
            zero.block = fork_at(map, slot.block)->child[0];
            one.block = fork_at(map, slot.block)->child[1];
            fork_free(map, slot.block);
        }
        *root_at(&larger, 2 * number) = zero;
        *root_at(&larger, 2 * number + 1) = one;
    }
    root_free(&map->root);
    root_move(&map->root, &larger);
    return true;
}

/* Half the slots: two that lead to different blocks become a fork.  Does nothing when memory is
 * out: it will be tried again. */
static inline void resize_down(struct hamt *map) {
    struct root smaller;
    unsigned depth = root_depth(&map->root);
    if (!root_init(&smaller, depth - 1))
        return;
    size_t number = 0, slots = (size_t)1 << (depth - 1);
    for (; number < slots; number++) {
        const struct slot *zero = root_at(&map->root, 2 * number);
        const struct slot *one = root_at(&map->root, 2 * number + 1);
        struct slot slot = *zero;
        slot_join(&slot, one);
        if (zero->block != one->block)
            slot.block = fork_make(map, zero->block, one->block);
        if (zero->block != one->block && slot.block == LINK_NONE)
            break;
        *root_at(&smaller, number) = slot;
    }
    if (number < slots) {
        while (number-- > 0)
            if (root_at(&map->root, 2 * number)->block != root_at(&map->root, 2 * number + 1)->block)
                fork_free(map, root_at(&smaller, number)->block);
        root_free(&smaller);
        return;
    }
    root_free(&map->root);
    root_move(&map->root, &smaller);
}

/* The root of an empty map. */
static inline void resize_to_nothing(struct hamt *map) {
    root_free(&map->root);
    root_init(&map->root, 0); /* which needs no memory */
}

#endif
