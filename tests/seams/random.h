/* random.h (tests) - the system's randomness: it gives what it is told to, or nothing. */
#ifndef RANDOM_H
#define RANDOM_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

bool random_number(uint64_t *number);

/* What random_number gives from now on; with NULL it fails.  0 at first. */
void random_gives(const uint64_t *number);

#ifdef __cplusplus
}
#endif

#endif
