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
        link block = *root_at(&map->root, number), zero = block, one = block;
        if (link_is_fork(block)) {
            zero = fork_at(map, block)->child[0];
            one = fork_at(map, block)->child[1];
            fork_free(map, block);
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
        link zero = *root_at(&map->root, 2 * number), one = *root_at(&map->root, 2 * number + 1);
        link block = zero == one ? zero : fork_make(map, zero, one);
        if (zero != one && block == LINK_NONE)
            break;
        *root_at(&smaller, number) = block;
    }
    if (number < slots) {
        while (number-- > 0)
            if (*root_at(&map->root, 2 * number) != *root_at(&map->root, 2 * number + 1))
                fork_free(map, *root_at(&smaller, number));
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
