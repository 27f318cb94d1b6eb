/* stores.h - where the nodes and arrays of a map, or of several versions, come from. */
#ifndef STORES_H
#define STORES_H

struct stores {
    struct array_space arrays;
    struct node_space nodes;
};

/* False when memory is out, and there is nothing to free. */
static inline bool stores_init(struct stores *stores, const struct hamt_config *config) {
    if (!array_space_init(&stores->arrays, config))
        return false;
    if (node_space_init(&stores->nodes, config))
        return true;
    array_space_free(&stores->arrays);
    return false;
}

static inline void stores_free(struct stores *stores) {
    node_space_free(&stores->nodes);
    array_space_free(&stores->arrays);
}

#endif
