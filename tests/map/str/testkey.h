/* testkey.h (str) - the tests' keys: a key for each number, and back. */
#ifndef TESTKEY_H
#define TESTKEY_H

#include "hamt.h"

#include <string.h>

enum { TESTKEY_KINDS = 1 }; /* of hash that have no collisions of such keys (suite.h) */

/* The key is valid until the 64th call after this one in its thread.  Number 0 is the empty key;
 * the others have 4 to 36 bytes, most of them zeros. */
static inline hamt_key testkey(uint32_t number) {
    static _Thread_local char ring[64][36];
    static _Thread_local unsigned turn;
    char *bytes = ring[turn++ % 64];
    memset(bytes, 0, sizeof ring[0]);
    memcpy(bytes, &number, sizeof number);
    return (hamt_key){.bytes = bytes, .len = number ? 4 + number % 33 : 0};
}

static inline int testkey_compare(hamt_key a, hamt_key b) {
    size_t common = a.len < b.len ? a.len : b.len;
    int order = common ? memcmp(a.bytes, b.bytes, common) : 0;
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

#endif
