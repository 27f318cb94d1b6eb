/* seek.h (shelf) - in which order is the array searched?
 *
 * Contract: seek gives the entry with this key among the first `count`, NULL if there is none.
 *
 * Here from its beginning. */
#ifndef SEEK_H
#define SEEK_H

static inline struct entry *seek(struct entry *items, size_t count, hamt_key key) {
    for (size_t i = 0; i < count; i++)
        if (key_equal(items[i].key, key))
            return &items[i];
    return NULL;
}

#endif
