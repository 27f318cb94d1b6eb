/* seek.h (backwards) - in which order is the array searched?
 *
 * Parent: shelf.  Change: from its end, where the newest entries are. */
#ifndef SEEK_H
#define SEEK_H

static inline struct entry *seek(struct entry *items, size_t count, hamt_key key) {
    while (count-- > 0)
        if (key_equal(items[count].key, key))
            return &items[count];
    return NULL;
}

#endif
