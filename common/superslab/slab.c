/* slab.c - see slab.h. */
#include "slab.h"

void slab_format(struct slab *slab, size_t bytes) {
    slab->capacity = (uint32_t)(bytes / size_classes[slab->class].bytes);
    slab->used = 0;
    slab->first_word = 0;
    unsigned whole = slab->capacity / 64; /* words; what lies behind the last block is never read */
    for (unsigned word = 0; word < whole; word++)
        slab->bitmap[word] = UINT64_MAX;
    if (slab->capacity % 64)
        slab->bitmap[whole] = ((uint64_t)1 << slab->capacity % 64) - 1;
}

unsigned slab_take(struct slab *slab, void **blocks, unsigned wanted) {
    uint32_t left = slab->capacity - slab->used;
    if (wanted > left)
        wanted = left;
    slab->used += wanted;
    size_t bytes = size_classes[slab->class].bytes;
    unsigned word = slab->first_word;
    for (unsigned taken = 0; taken < wanted; word++) {
        uint64_t bits = slab->bitmap[word];
        char *block = slab->start + 64 * word * bytes;
        for (; bits && taken < wanted; bits &= bits - 1)
            blocks[taken++] = block + (unsigned)__builtin_ctzl(bits) * bytes;
        slab->bitmap[word] = bits;
        if (taken == wanted)
            break;
    }
    slab->first_word = (uint16_t)word;
    return wanted;
}
