/* number_key.h (u64) - the key for a number: the number. */
#ifndef NUMBER_KEY_H
#define NUMBER_KEY_H

#include "key.h"

enum { NUMBER_KEY_BYTES = 0 /* room that one key needs beside itself */ };

static inline hamt_key number_key(uint64_t number, char **room) {
    (void)room;
    return number;
}

#endif
