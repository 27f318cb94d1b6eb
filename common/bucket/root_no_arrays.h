/* root_no_arrays.h - a root without arrays: its slots are in the map itself, and only a block may
 * be given up (own.h). */
#ifndef ROOT_NO_ARRAYS_H
#define ROOT_NO_ARRAYS_H

enum { ROOT_ARRAYS = 0 };

typedef struct given {
    link block;
} given;

static inline given given_block(link block) {
    return (given){.block = block};
}

static inline given given_array(void *array) {
    (void)array;
    return given_block(LINK_NONE);
}

static inline void *given_as_array(given left) {
    (void)left;
    return NULL;
}

enum { GIVEN_UP_MOST = 14 }; /* forks on the way of most puts, and a bucket */

static inline unsigned root_levels(const struct root *root) {
    (void)root;
    return 0;
}

static inline void *root_array(const struct root *root, unsigned level, size_t number) {
    (void)root, (void)level, (void)number;
    return NULL;
}

static inline void root_set_array(struct root *root, unsigned level, size_t number, void *array) {
    (void)root, (void)level, (void)number, (void)array;
}

static inline size_t root_array_bytes(const struct root *root, unsigned level) {
    (void)root, (void)level;
    return 0;
}

static inline size_t root_array_slots(const struct root *root, unsigned level) {
    (void)root, (void)level;
    return 1;
}

#endif
