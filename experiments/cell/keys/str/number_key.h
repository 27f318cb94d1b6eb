/* number_key.h (str) - the key for a number: its decimal digits, 1 to 20 bytes; that for
 * its digest, as long as a SHA-1 when it is written; and that for a line. */
#ifndef NUMBER_KEY_H
#define NUMBER_KEY_H

#include "key.h"
#include "splitmix.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { NUMBER_KEY_BYTES = 41 /* room that one key needs beside itself, at most */ };

/* Writes the key's bytes at *room and moves *room behind them. */
static inline hamt_key number_key(uint64_t number, char **room) {
    hamt_key key = {.bytes = *room};
    key.len = (size_t)snprintf(*room, NUMBER_KEY_BYTES, "%" PRIu64, number);
    *room += key.len;
    return key;
}

/* 40 hexadecimal digits. */
static inline hamt_key digest_key(uint64_t number, char **room) {
    hamt_key key = {.bytes = *room};
    key.len = (size_t)snprintf(*room, NUMBER_KEY_BYTES, "%016" PRIx64 "%016" PRIx64 "%08" PRIx64,
                               splitmix(number), splitmix(number + SPLITMIX_GOLDEN),
                               splitmix(number + 2 * SPLITMIX_GOLDEN) >> 32);
    *room += key.len;
    return key;
}

/* The key is the line itself, where it stands. */
static inline hamt_key line_key(const char *bytes, size_t length) {
    return (hamt_key){.bytes = bytes, .len = length};
}

/* Room for a copy of the key; and the copy, at *room. */
static inline size_t key_bytes(hamt_key key) {
    return key.len;
}

static inline hamt_key key_copied(hamt_key key, char **room) {
    hamt_key copy = {.bytes = memcpy(*room, key.bytes, key.len), .len = key.len};
    *room += key.len;
    return copy;
}

#endif
