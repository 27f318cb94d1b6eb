/* key.h (u64) - keys are 64-bit integers, passed and kept by value. */
#ifndef KEY_H
#define KEY_H

#include <stdint.h>

typedef uint64_t hamt_key;

#endif
