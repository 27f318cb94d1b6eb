/* strength.h - the kinds of hash that the tests' hash.h gives; a map made with
 * hash_seed = (kind << TEST_HASH_SHIFT) + n has this kind. */
#ifndef STRENGTH_H
#define STRENGTH_H

enum { TEST_HASH_SHIFT = 56 };

enum test_hash {
    HASH_STRONG,   /* 64 good bits */
    HASH_WEAK,     /* 256 values */
    HASH_CONSTANT, /* one value */
    HASH_LATE,     /* only the last ten bits differ: long ways in common, then a fork */
    HASH_BEYOND,   /* only the last four bits differ: behind the last level of six bits */
    HASH_PLAIN,    /* the key itself, an integer: the shape can be worked out by hand */
};

#endif
