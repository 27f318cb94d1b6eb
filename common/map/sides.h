/* sides.h - two maps that are compared, of which either may be the one before: what is to be done
 * with each is written once, and done with both. */
#ifndef SIDES_H
#define SIDES_H

#include "versions.h"

struct sides {
    const struct hamt *one, *other;
    hamt_change_visitor *visit;
    void *context;
    bool swapped; /* `one` is the one after */
};

static inline struct sides swap(const struct sides *sides) {
    struct sides swapped = *sides;
    swapped.one = sides->other;
    swapped.other = sides->one;
    swapped.swapped = !sides->swapped;
    return swapped;
}

/* Tells the visitor of a key and its value on either side, NULL where it is not there. */
static inline bool tell(const struct sides *sides, hamt_key key, const uint64_t *one,
                        const uint64_t *other) {
    return sides->swapped ? sides->visit(key, other, one, sides->context)
                          : sides->visit(key, one, other, sides->context);
}

#endif
