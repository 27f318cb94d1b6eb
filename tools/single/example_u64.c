#define HAMT_IMPLEMENTATION
#include "hamt.h"

#include <inttypes.h>
#include <stdio.h>

static bool add(hamt_key key, uint64_t value, void *sum) {
    (void)key;
    *(uint64_t *)sum += value;
    return true;
}

int main(void) {
    struct hamt *squares = hamt_create(NULL); // seeded at random
    if (!squares)
        return 1;
    for (uint64_t n = 1; n <= 1000; n++)
        if (hamt_put(squares, n, n * n) == HAMT_NO_MEMORY)
            return 1;

    uint64_t square = 0, sum = 0;
    if (hamt_get(squares, 12, &square))
        printf("12 * 12 = %" PRIu64 "\n", square);
    hamt_remove(squares, 12);
    hamt_each(squares, add, &sum);
    printf("%zu others, in sum %" PRIu64 "\n", hamt_size(squares), sum);
    hamt_destroy(squares);
    return 0;
}
