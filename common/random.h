/* random.h - numbers that nobody can foresee.  A file of its own so that the tests can put theirs
 * in its place (tests/seams/random.h). */
#ifndef RANDOM_H
#define RANDOM_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/random.h>

/* A number from the system's randomness; false if it gives none. */
static inline bool random_number(uint64_t *number) {
    return getentropy(number, sizeof *number) == 0;
}

#endif
