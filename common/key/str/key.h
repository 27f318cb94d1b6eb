/* key.h (str) - keys are byte strings of any length, with any bytes in them. */
#ifndef KEY_H
#define KEY_H

#include <stddef.h>

typedef struct {
    const char *bytes; /* may be NULL when len is 0 */
    size_t len;
} hamt_key;

#endif
