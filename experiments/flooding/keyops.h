/* keyops.h (flooding) - the operations on string keys, comparisons counted. */
#ifndef FLOODING_KEYOPS_H
#define FLOODING_KEYOPS_H

#define key_equal key_equal_uncounted
#include "key/str/keyops.h"
#undef key_equal

extern uint64_t key_comparisons; /* so far */

static inline bool key_equal(hamt_key a, hamt_key b) {
    key_comparisons++;
    return key_equal_uncounted(a, b);
}

#endif
