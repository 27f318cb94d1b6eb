/* set_operations.h - equality, union, intersection and difference of two maps, made of
 * hamt_snapshot and hamt_diff: each costs what these cost, and a step for each entry that differs.
 *
 * Whoever includes it has a function that makes an empty map, NULL when memory is out:
 *
 *     static struct hamt *empty_like(const struct hamt *map); */
#ifndef SET_OPERATIONS_H
#define SET_OPERATIONS_H

#include "versions.h"

static bool end_at_a_change(hamt_key key, const uint64_t *before, const uint64_t *after,
                            void *context) {
    (void)key, (void)before, (void)after, (void)context;
    return false;
}

bool hamt_equal(const struct hamt *a, const struct hamt *b) {
    return hamt_size(a) == hamt_size(b) && hamt_diff(a, b, end_at_a_change, NULL);
}

/* A map that is being made of two, and what settles the keys that they do not agree on. */
struct making {
    struct hamt *made;
    hamt_resolver *resolve;
    void *context;
};

static bool making_put(const struct making *making, hamt_key key, uint64_t value) {
    return hamt_put(making->made, key, value) != HAMT_NO_MEMORY;
}

static bool making_resolve(const struct making *making, hamt_key key, uint64_t a, uint64_t b) {
    return making_put(making, key, making->resolve(key, a, b, making->context));
}

/* The changes of a diff become those of *making.  NULL when memory is out, or was for the map. */
static struct hamt *make_by(struct making *making, const struct hamt *a, const struct hamt *b,
                            hamt_change_visitor *change) {
    if (making->made && !hamt_diff(a, b, change, making)) {
        hamt_destroy(making->made);
        return NULL;
    }
    return making->made;
}

static bool unite(hamt_key key, const uint64_t *a, const uint64_t *b, void *context) {
    const struct making *making = (const struct making *)context;
    if (!b)
        return true;
    return a ? making_resolve(making, key, *a, *b) : making_put(making, key, *b);
}

struct hamt *hamt_merge(struct hamt *a, const struct hamt *b, hamt_resolver *resolve,
                        void *context) {
    struct making making = {hamt_snapshot(a), resolve, context};
    return make_by(&making, a, b, unite);
}

static bool intersect(hamt_key key, const uint64_t *a, const uint64_t *b, void *context) {
    const struct making *making = (const struct making *)context;
    if (!a)
        return true;
    return b ? making_resolve(making, key, *a, *b) : hamt_remove(making->made, key);
}

struct hamt *hamt_intersection(struct hamt *a, const struct hamt *b, hamt_resolver *resolve,
                               void *context) {
    struct making making = {hamt_snapshot(a), resolve, context};
    return make_by(&making, a, b, intersect);
}

static bool subtract(hamt_key key, const uint64_t *a, const uint64_t *b, void *context) {
    return b || making_put((const struct making *)context, key, *a);
}

struct hamt *hamt_difference(const struct hamt *a, const struct hamt *b) {
    struct making making = {empty_like(a), NULL, NULL};
    return make_by(&making, a, b, subtract);
}

#endif
