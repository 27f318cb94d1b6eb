/* size_class.h - for those variants of supply.h that round a block's size up, so that most nodes
 * that grow or shrink stay where they are:
 *
 *     1 2 3 4 5 6 7 8   10 12 14 16   20 24 28 32   40 48 56 64   ... words
 *
 * So large a class is at most a quarter more than what it is for; small nodes, which are the most,
 * get what they need.  The class follows from the number of bytes, and no block needs a header. */
#ifndef SIZE_CLASS_H
#define SIZE_CLASS_H

typedef uint64_t size_unit; /* a word, where addresses have 32 bits, too */

enum {
    SIZE_EXACT = 8, /* so many classes are of each number of words; then four to a doubling */
    SIZE_CLASSES = 128,
};

/* Bytes of the largest class, or as many as an object can have where addresses are short. */
static const size_t size_most =
    PTRDIFF_MAX < INT64_C(8) << 33 ? PTRDIFF_MAX : (size_t)(INT64_C(8) << 33);

/* The class for so many words, of which there is one at least. */
static inline unsigned size_class_for(size_t words) {
    if (words <= SIZE_EXACT)
        return (unsigned)words - 1;
    unsigned shift = 61 - (unsigned)__builtin_clzll(words - 1); /* leaves the upper three bits */
    return SIZE_EXACT + 4 * (shift - 1) + ((unsigned)((words - 1) >> shift) & 3);
}

static inline unsigned size_class_of(size_t bytes) {
    return size_class_for((bytes + sizeof(size_unit) - 1) / sizeof(size_unit));
}

static inline size_t size_class_units(unsigned size_class) {
    if (size_class < SIZE_EXACT)
        return size_class + 1;
    unsigned doubling = (size_class - SIZE_EXACT) / 4;
    return (size_t)(size_class % 4 + 5) << (doubling + 1);
}

/* The largest class with no more than so many words, of which there is one at least. */
static inline unsigned size_class_within(size_t words) {
    unsigned size_class = size_class_for(words);
    while (size_class_units(size_class) > words)
        size_class--;
    return size_class;
}

#endif
