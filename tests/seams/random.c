/* random.c (tests) - see random.h. */
#include "random.h"

static uint64_t given;
static bool fails;

void random_gives(const uint64_t *number) {
    fails = !number;
    given = number ? *number : 0;
}

bool random_number(uint64_t *number) {
    if (!fails)
        *number = given;
    return !fails;
}
