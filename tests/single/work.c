/* work.c - puts and gets whose instructions are counted, by tests/tools/single_test.py: of a map
 * built from the tree, and of the same map in one header. */
#include "hamt.h"

#include <stdio.h>
#include <string.h>

enum { KEYS = 20000 };

/* A key for each number, valid until the next one: eight bytes, all of them used. */
static hamt_key work_key(uint64_t number) {
    static uint64_t mixed;
    mixed = number * UINT64_C(0x9e3779b97f4a7c15);
#ifdef WORK_STR
    return (hamt_key){(const char *)&mixed, sizeof mixed};
#else
    return mixed;
#endif
}

/* What is counted; each has a name of its own to callgrind. */
__attribute__((noinline)) static void puts_counted(struct hamt *map) {
    for (uint64_t i = 0; i < KEYS; i++)
        hamt_put(map, work_key(i), i);
}

__attribute__((noinline)) static uint64_t gets_counted(const struct hamt *map) {
    uint64_t sum = 0, value;
    for (uint64_t i = 0; i < KEYS; i++)
        sum += hamt_get(map, work_key(i), &value) ? value : 0;
    return sum;
}

int main(void) {
    struct hamt *map = hamt_create(&HAMT_CONFIG_DEFAULT);
    if (!map)
        return 1;
    puts_counted(map);
    uint64_t sum = gets_counted(map);
    printf("%zu %d\n", hamt_size(map), sum == (uint64_t)KEYS * (KEYS - 1) / 2);
    hamt_destroy(map);
    return 0;
}
