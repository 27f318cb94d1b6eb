/* walk_all.h - copying a map, and finding what differs between two, by walking over all entries.
 *
 * Whoever includes it has a function that makes an empty map, NULL when memory is out:
 *
 *     static struct hamt *empty_like(const struct hamt *map); */
#ifndef WALK_ALL_H
#define WALK_ALL_H

#include "versions.h"

static bool copy_entry(hamt_key key, uint64_t value, void *context) {
    return hamt_put((struct hamt *)context, key, value) != HAMT_NO_MEMORY;
}

/* NULL when memory is out. */
static inline struct hamt *copy_all(const struct hamt *map) {
    struct hamt *copy = empty_like(map);
    if (copy && !hamt_each(map, copy_entry, copy)) {
        hamt_destroy(copy);
        return NULL;
    }
    return copy;
}

struct diff_walk {
    const struct hamt *other;
    hamt_change_visitor *visit;
    void *context;
};

static bool diff_against_after(hamt_key key, uint64_t value, void *context) {
    const struct diff_walk *walk = (const struct diff_walk *)context;
    uint64_t after;
    if (!hamt_get(walk->other, key, &after))
        return walk->visit(key, &value, NULL, walk->context);
    return after == value || walk->visit(key, &value, &after, walk->context);
}

static bool diff_against_before(hamt_key key, uint64_t value, void *context) {
    const struct diff_walk *walk = (const struct diff_walk *)context;
    uint64_t before;
    return hamt_get(walk->other, key, &before) || walk->visit(key, NULL, &value, walk->context);
}

/* A map differs from itself in nothing; and one that locks itself while it is walked over could not
 * be asked then. */
static inline bool diff_all(const struct hamt *before, const struct hamt *after,
                            hamt_change_visitor *visit, void *context) {
    if (before == after)
        return true;
    struct diff_walk gone = {after, visit, context}, added = {before, visit, context};
    return hamt_each(before, diff_against_after, &gone) &&
           hamt_each(after, diff_against_before, &added);
}

#endif
