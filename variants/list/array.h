/* array.h (list) - where do the arrays of children come from?
 *
 * Contract.  An array is asked for and given back with a number of slots, 1 to 64.
 *   array_alloc   an array of so many slots; NULL when memory is out
 *   array_free    takes back an array that was asked for with so many slots; NULL goes with 0
 *                 slots, and nothing happens
 *   array_serves  whether an array asked for with `had` slots is the one that would be given for
 *                 `wanted`; never so for 0
 *   array_cut     an array asked for with `had` slots is one of `wanted` from now on, which are
 *                 fewer: what is left to do when memory for a smaller one is out
 *   array_count   adds one array to *stats, if it is a block of its own
 * The map's store of arrays: array_space_init makes it (false: memory is out, and there is nothing
 * to free), array_space_free frees it after all arrays.  When no array is left, the store holds
 * what a new one does.  array_space_check gives its first broken invariant, NULL if all hold;
 * array_space_count adds what the store holds as a whole.
 * A children.h whose node has no array of slots asks none of this but the store's.
 *
 * Here each is malloc'ed and freed on its own: these are malloc's functions by other names, and
 * hence not HOT. */
#ifndef ARRAY_H
#define ARRAY_H

struct array_space {
    char none; /* nothing to remember, and C has no empty struct */
};

static inline bool array_space_init(struct array_space *space, const struct hamt_config *config) {
    (void)config;
    space->none = 0;
    return true;
}

static inline void array_space_free(struct array_space *space) {
    (void)space;
}

static inline ref *array_alloc(struct array_space *space, unsigned slots) {
    (void)space;
    return mem_alloc(slots * sizeof(ref));
}

static inline void array_free(struct array_space *space, ref *items, unsigned slots) {
    (void)space, (void)slots;
    mem_free(items);
}

static inline bool array_serves(unsigned had, unsigned wanted) {
    return had > 0 && had == wanted;
}

static inline void array_cut(struct array_space *space, ref *items, unsigned had, unsigned wanted) {
    (void)space, (void)items, (void)had, (void)wanted; /* a few slots too long until it is freed */
}

static inline const char *array_space_check(const struct array_space *space) {
    (void)space;
    return NULL;
}

static inline void array_count(const struct array_space *space, const ref *items,
                               struct hamt_stats *stats) {
    (void)space;
    count_block(stats, HAMT_BYTES_CHILDREN, items);
}

static inline void array_space_count(const struct array_space *space, struct hamt_stats *stats) {
    (void)space, (void)stats;
}

#endif
