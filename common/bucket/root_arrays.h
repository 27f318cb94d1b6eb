/* root_arrays.h - the arrays that a root has for its slots, and what of a map may be given up then
 * (own.h): an array as well as a block. */
#ifndef ROOT_ARRAYS_H
#define ROOT_ARRAYS_H

enum { ROOT_ARRAYS = 1 };

typedef struct given {
    link block;
    void *array; /* NULL for a block */
} given;

static inline given given_block(link block) {
    return (given){.block = block};
}

static inline given given_array(void *array) {
    return (given){.array = array};
}

/* NULL if it is a block. */
static inline void *given_as_array(given left) {
    return left.array;
}

enum { GIVEN_UP_MOST = 3 }; /* two arrays and a bucket */

#endif
