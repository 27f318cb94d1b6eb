/* change.h - what one put or remove does to a map, kept so that it can be done to another. */
#ifndef CHANGE_H
#define CHANGE_H

#include "hamt.h"
#include "keyops.h"

struct change {
    enum { CHANGE_NOTHING, CHANGE_PUT, CHANGE_REMOVE } kind;
    hamt_key key;
    uint64_t value; /* of a put */
};

/* Keeps a copy with a key of its own, to be given to change_forget; false when memory is out, and
 * then *kept is nothing. */
static inline bool change_keep(struct change *kept, const struct change *change) {
    *kept = *change;
    if (key_clone(&kept->key, change->key))
        return true;
    kept->kind = CHANGE_NOTHING;
    return false;
}

/* *kept is nothing afterwards. */
static inline void change_forget(struct change *kept) {
    if (kept->kind != CHANGE_NOTHING)
        key_drop(kept->key);
    kept->kind = CHANGE_NOTHING;
}

/* Makes it in a map that has the key, if it is a remove; false when memory is out, and the map is
 * as it was. */
static inline bool change_make(struct hamt *map, const struct change *change) {
    switch (change->kind) {
    case CHANGE_PUT:
        return hamt_put(map, change->key, change->value) != HAMT_NO_MEMORY;
    case CHANGE_REMOVE:
        return hamt_remove(map, change->key);
    default:
        return true;
    }
}

#endif
