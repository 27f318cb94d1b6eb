/* random.h - numbers that nobody can foresee.  A file of its own so that the tests can put theirs
 * in its place (tests/seams/random.h).  A program that has taken a map home (tools/single.py) may
 * have its own: HAMT_RANDOM, called as random_number is. */
#ifndef RANDOM_H
#define RANDOM_H

#include <stdbool.h>
#include <stdint.h>
#ifndef HAMT_RANDOM
#include <sys/random.h>
#endif

/* A number from the system's randomness; false if it gives none. */
static inline bool random_number(uint64_t *number) {
#ifdef HAMT_RANDOM
    return HAMT_RANDOM(number);
#else
    return getentropy(number, sizeof *number) == 0;
#endif
}

#endif
