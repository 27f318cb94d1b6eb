#define HAMT_IMPLEMENTATION
#include "hamt.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool print(hamt_key word, uint64_t count, void *most) {
    if (count > 1)
        printf("%.*s: %" PRIu64 "\n", (int)word.len, word.bytes, count);
    if (count > *(uint64_t *)most)
        *(uint64_t *)most = count;
    return true;
}

int main(void) {
    const char *text = "one two three two three four three";
    struct hamt *counts = hamt_create(NULL); // seeded at random
    if (!counts)
        return 1;
    for (size_t len; *text; text += len + (text[len] == ' ')) {
        hamt_key word = {text, len = strcspn(text, " ")}; // the map keeps a copy
        uint64_t count = 0;
        hamt_get(counts, word, &count); // leaves 0 if it is not there
        if (hamt_put(counts, word, count + 1) == HAMT_NO_MEMORY)
            return 1;
    }
    uint64_t most = 0;
    hamt_each(counts, print, &most); // in no order
    printf("%zu words, at most %" PRIu64 " times\n", hamt_size(counts), most);
    hamt_destroy(counts);
    return 0;
}
