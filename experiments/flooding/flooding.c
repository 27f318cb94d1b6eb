/* flooding.c - how many comparisons of keys a map makes for keys that somebody has chosen.
 *
 *     flooding LENGTH SEED <keys      prints "PUT GET": comparisons to put all keys, and to get
 *                                     them
 *     flooding --describe             says what it is, as a cell does (experiments/cell.c)
 *
 * The keys are LENGTH bytes each, one behind the other, all different; SEED is the hash's.  A count
 * is the same on every machine.  experiments/counted/flooding.py chooses the keys. */
#include "compiler.h"
#include "hamt.h"
#include "identity.h"
#include "process.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_BYTES = 1 << 24 };

uint64_t key_comparisons;

/* Puts and gets all keys.  False if an answer is wrong. */
static bool count(struct hamt *map, const char *bytes, size_t length, size_t keys) {
    for (size_t i = 0; i < keys; i++)
        if (hamt_put(map, (hamt_key){.bytes = bytes + i * length, .len = length}, i) != HAMT_NEW)
            return false;
    uint64_t put = key_comparisons;
    for (size_t i = 0; i < keys; i++) {
        uint64_t value;
        if (!hamt_get(map, (hamt_key){.bytes = bytes + i * length, .len = length}, &value) ||
            value != i)
            return false;
    }
    printf("%" PRIu64 " %" PRIu64 "\n", put, key_comparisons - put);
    return true;
}

static void describe(void) {
    printf("{\"identity\":{\"variant\":\"%s\",\"composition\":\"%s\",\"hash\":\"%s\","
           "\"key\":\"%s\",\"compiler\":\"%s\",\"cflags\":\"%s\","
           "\"allocator\":\"%s\"}}\n",
           CELL_VARIANT, CELL_COMPOSITION, CELL_HASH, CELL_KEY, CELL_COMPILER, CELL_FLAGS,
           process_allocator());
}

int main(int argc, char **argv) {
    if (argc == 2 && strcmp(argv[1], "--describe") == 0) {
        describe();
        return 0;
    }
    static char bytes[MOST_BYTES];
    size_t length = argc == 3 ? strtoul(argv[1], NULL, 10) : 0;
    size_t got = length ? fread(bytes, 1, sizeof bytes, stdin) : 0;
    if (length == 0 || got == 0 || got % length || got == sizeof bytes) {
        fprintf(stderr, "usage: flooding LENGTH SEED <keys of LENGTH bytes, %d bytes in all\n",
                MOST_BYTES - 1);
        return 2;
    }
    struct hamt_config config = HAMT_CONFIG_DEFAULT;
    config.hash_seed = strtoull(argv[2], NULL, 10);
    struct hamt *map = hamt_create(&config);
    bool right = map && count(map, bytes, length, got / length);
    hamt_destroy(map);
    if (!right)
        fputs("flooding: a wrong answer, a key given twice, or no memory\n", stderr);
    return right ? 0 : 1;
}
