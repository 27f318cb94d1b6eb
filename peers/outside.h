/* outside.h - what a peer does not have, for C and C++: the view inside, cursors, batches.
 *
 * A peer is looked at from outside: how many entries it has is all that it says of itself.  To be
 * included once, after the peer's own functions of hamt.h, which end with hamt_each.  PEER_CAN is
 * what peer.conf says that it can do, and must be no trait of inside.h. */
#ifndef OUTSIDE_H
#define OUTSIDE_H

#include "inside.h"

#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

unsigned hamt_traits(void) {
    return PEER_CAN;
}

void hamt_stats(const struct hamt *map, struct hamt_stats *stats) {
    memset(stats, 0, sizeof *stats);
    stats->entries = hamt_size(map);
}

const char *hamt_check(const struct hamt *map) {
    (void)map;
    return NULL;
}

void hamt_cursor_begin(struct hamt_cursor *cursor, const struct hamt *map) {
    memset(cursor, 0, sizeof *cursor);
    cursor->map = map;
}

enum hamt_cursor_result hamt_cursor_next(struct hamt_cursor *cursor, hamt_key *key,
                                         uint64_t *value) {
    (void)cursor, (void)key, (void)value;
    return HAMT_END;
}

#include "one_by_one.h"

#ifdef __cplusplus
}
#endif

#endif
