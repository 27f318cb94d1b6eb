/* resize.h - a root with one bit more or less. */
#ifndef RESIZE_H
#define RESIZE_H

/* Gives up what a root of another size takes the place of and other versions have: arrays and, if
 * they are resolved then, forks in slots.  False when memory is out, and nothing changed. */
static inline bool resize_give_up(struct hamt *map, bool forks) {
    if (OWN_TRAIT == 0)
        return true;
    const struct root *root = &map->root;
    size_t sum = 0;
    bool done = true;
    for (unsigned level = 0; level < root_levels(root); level++)
        for (size_t at = 0; done && at < slots_in(root); at += root_array_slots(root, level)) {
            void *array = root_array(root, level, at);
            if (!array_alone(map, array))
                sum += done = own_give_up(&map->own, given_array(array));
        }
    for (size_t at = 0; forks && done && at < slots_in(root); at++) {
        link block = root_at(root, at)->block;
        if (link_is_fork(block) && !block_alone(map, block))
            sum += done = own_give_up(&map->own, given_block(block));
    }
    while (!done && sum-- > 0)
        own_take_back(&map->own);
    return done;
}

/* Twice the slots: a fork that stood in a slot is resolved by the root now.  False when memory is
 * out, and nothing changed. */
static inline bool resize_up(struct hamt *map) {
    struct root larger;
    unsigned depth = root_depth(&map->root);
    if (!root_init(&larger, &map->own, depth + 1))
        return false;
    if (!resize_give_up(map, true)) {
        slots_free(map, &larger);
        return false;
    }
    for (size_t number = 0; number < (size_t)1 << depth; number++) {
        struct slot slot = *root_at(&map->root, number), zero = slot, one = slot;
        if (link_is_fork(slot.block)) {
            zero.block = fork_at(map, slot.block)->child[0];
            one.block = fork_at(map, slot.block)->child[1];
            if (block_alone(map, slot.block))
                fork_free(map, slot.block);
        }
        *root_at(&larger, 2 * number) = zero;
        *root_at(&larger, 2 * number + 1) = one;
    }
    slots_free(map, &map->root);
    root_move(&map->root, &larger);
    return true;
}

/* Half the slots: two that lead to different blocks become a fork.  Does nothing when memory is
 * out: it will be tried again. */
static inline void resize_down(struct hamt *map) {
    struct root smaller;
    unsigned depth = root_depth(&map->root);
    if (!root_init(&smaller, &map->own, depth - 1))
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
    if (number < slots || !resize_give_up(map, false)) {
        while (number-- > 0)
            if (root_at(&map->root, 2 * number)->block !=
                root_at(&map->root, 2 * number + 1)->block)
                fork_free(map, root_at(&smaller, number)->block);
        slots_free(map, &smaller);
        return;
    }
    slots_free(map, &map->root);
    root_move(&map->root, &smaller);
}

/* The root of an empty map.  Does nothing when memory is out. */
static inline void resize_to_nothing(struct hamt *map) {
    if (!resize_give_up(map, false))
        return;
    slots_free(map, &map->root);
    root_init(&map->root, &map->own, 0); /* which needs no memory */
}

#endif
