/* root_size.h - how many slots a directory has: twice as many as soon as there are more than 16
 * entries to a slot, half as many when there is less than one entry to 64 slots.
 *
 * Whoever includes it has root_slots, the number of slots of a root, and a `depth` in it. */
#ifndef ROOT_SIZE_H
#define ROOT_SIZE_H

enum {
    ROOT_ENTRIES = 16, /* to a slot, at most */
    ROOT_SLACK = 64,   /* slots to an entry, at most */
};

static inline unsigned root_wanted(const struct root *root, size_t entries) {
    if (entries == 0)
        return 0;
    if (entries / ROOT_ENTRIES >= root_slots(root))
        return root->depth + 1;
    return root->depth > 0 && entries * ROOT_SLACK < root_slots(root) ? root->depth - 1
                                                                      : root->depth;
}

#endif
