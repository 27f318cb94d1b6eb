/* fetch_in_turn.h - while all entries are visited, no bucket is fetched before its turn. */
#ifndef FETCH_IN_TURN_H
#define FETCH_IN_TURN_H

enum { FETCH_AHEAD = 0 };

static inline void fetch_ahead(const void *block) {
    (void)block;
}

#endif
