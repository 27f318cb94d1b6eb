/* size_class.h - for those variants of supply.h that round a block's size up, so that most nodes
 * that grow or shrink stay where they are:
 *
 *     1 2 3 4 5 6 7 8   10 12 14 16   20 24 28 32   40 48 56 64   ... words
 *
 * So large a class is at most a quarter more than what it is for; small nodes, which are the most,
 * get what they need.  The class follows from the number of bytes, and no block needs a header. */
#ifndef SIZE_CLASS_H
#define SIZE_CLASS_H

enum {
    SUPPLY_WORD = 8,  /* bytes */
    SUPPLY_EXACT = 8, /* so many classes are of each number of words; then four to a doubling */
    SUPPLY_CLASSES = 128,
};

/* Bytes of the largest class, or as many as an object can have where addresses are short. */
static const size_t supply_most =
    PTRDIFF_MAX < INT64_C(8) << 33 ? PTRDIFF_MAX : (size_t)(INT64_C(8) << 33);

/* The class for so many words, of which there is one at least. */
static inline unsigned supply_class_for(size_t words) {
    if (words <= SUPPLY_EXACT)
        return (unsigned)words - 1;
    unsigned shift = 61 - (unsigned)__builtin_clzll(words - 1); /* leaves the upper three bits */
    return SUPPLY_EXACT + 4 * (shift - 1) + ((unsigned)((words - 1) >> shift) & 3);
}

static inline unsigned supply_class(size_t bytes) {
    return supply_class_for((bytes + SUPPLY_WORD - 1) / SUPPLY_WORD);
}

static inline size_t supply_words(unsigned size_class) {
    if (size_class < SUPPLY_EXACT)
        return size_class + 1;
    unsigned doubling = (size_class - SUPPLY_EXACT) / 4;
    return (size_t)(size_class % 4 + 5) << (doubling + 1);
}

#endif
