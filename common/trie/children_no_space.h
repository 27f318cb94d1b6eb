/* children_no_space.h - for those variants of children.h whose map has no store of arrays, because
 * they come from malloc one by one, or because there are none. */
#ifndef CHILDREN_NO_SPACE_H
#define CHILDREN_NO_SPACE_H

struct children_space {
    char none; /* nothing to remember, and C has no empty struct */
};

static inline bool children_space_init(struct children_space *space,
                                       const struct hamt_config *config) {
    (void)config;
    space->none = 0;
    return true;
}

static inline void children_space_free(struct children_space *space) {
    (void)space;
}

static inline const char *children_space_check(const struct children_space *space) {
    (void)space;
    return NULL;
}

static inline void children_space_count(const struct children_space *space,
                                        struct hamt_stats *stats) {
    (void)space, (void)stats;
}

#endif
