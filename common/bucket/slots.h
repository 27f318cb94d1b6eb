/* slots.h - the arrays in which a root has its slots.
 *
 *     array   | own's: OWN_BYTES | slots, or what leads to other arrays |
 *                                  ^ what the root knows it by */
#ifndef SLOTS_H
#define SLOTS_H

/* Its memory, which begins with what is remembered of it. */
static inline void *array_block(void *array) {
    return (char *)array - OWN_BYTES;
}

/* A new one, the map's own; NULL when memory is out. */
static inline void *array_make(const struct own *own, size_t bytes) {
    char *block = (char *)mem_alloc(OWN_BYTES + bytes);
    if (!block)
        return NULL;
    own_begin(own, block);
    return block + OWN_BYTES;
}

static inline void array_free(void *array) {
    mem_free(array_block(array));
}

/* Whether an array of the root of a map may be changed where it stands. */
static inline bool array_alone(const struct hamt *map, void *array) {
    return own_alone(&map->own, array_block(array));
}

static inline size_t slots_in(const struct root *root) {
    return (size_t)1 << root_depth(root);
}

/* How many slots from this one on lie in an array that is not the map's own; 0 if it is. */
static inline size_t slots_of_others(const struct hamt *map, size_t number) {
    for (unsigned level = 0; level < root_levels(&map->root); level++)
        if (!array_alone(map, root_array(&map->root, level, number))) {
            size_t slots = root_array_slots(&map->root, level);
            return slots - number % slots;
        }
    return 0;
}

/* Adds the memory of a root's arrays to *stats. */
static inline void slots_count(const struct root *root, struct hamt_stats *stats) {
    for (unsigned level = 0; level < root_levels(root); level++)
        for (size_t at = 0; at < slots_in(root); at += root_array_slots(root, level))
            count_block(stats, HAMT_BYTES_CHILDREN, array_block(root_array(root, level, at)));
}

/* Frees those arrays of a root that are the map's own. */
static inline void slots_free(const struct hamt *map, struct root *root) {
    for (unsigned level = root_levels(root); level-- > 0;)
        for (size_t at = 0; at < slots_in(root); at += root_array_slots(root, level)) {
            void *array = root_array(root, level, at);
            if (array_alone(map, array))
                array_free(array);
        }
}

#endif
