/* number_key.h (str) - the key for a number: its decimal digits, 1 to 20 bytes; and that for a
 * line. */
#ifndef NUMBER_KEY_H
#define NUMBER_KEY_H

#include "key.h"

#include <inttypes.h>
#include <stdio.h>

enum { NUMBER_KEY_BYTES = 21 /* room that one key needs beside itself */ };

/* Writes the key's bytes at *room and moves *room behind them. */
static inline hamt_key number_key(uint64_t number, char **room) {
    hamt_key key = {.bytes = *room};
    key.len = (size_t)snprintf(*room, NUMBER_KEY_BYTES, "%" PRIu64, number);
    *room += key.len;
    return key;
}

/* The key is the line itself, where it stands. */
static inline hamt_key line_key(const char *bytes, size_t length) {
    return (hamt_key){.bytes = bytes, .len = length};
}

#endif
