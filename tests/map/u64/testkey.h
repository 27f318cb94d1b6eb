/* testkey.h (u64) - the tests' keys: a key for each number, and back. */
#ifndef TESTKEY_H
#define TESTKEY_H

#include "hamt.h"

enum { TESTKEY_KINDS = 2 }; /* of hash that have no collisions of such keys (suite.h) */

/* Numbers spread over the whole range, with 0 and the largest among the first. */
static inline hamt_key testkey(uint32_t number) {
    return number & 1 ? ~(uint64_t)(number / 2) : (uint64_t)(number / 2);
}

static inline int testkey_compare(hamt_key a, hamt_key b) {
    return (a > b) - (a < b);
}

#endif
