/* malloced.h - a region that is malloc'ed, and grows by an eighth.
 *
 * The part's struct region has its first byte, `bytes`, and its size in bytes, `size`; what else it
 * has is 0 then. */
#ifndef MALLOCED_H
#define MALLOCED_H

enum {
    REGION_FIRST = 512, /* bytes */
    REGION_GROWTH = 8,  /* it grows by its size over this */
};

/* As granules.h asks of region_grow. */
static inline bool malloced_grow(struct region *region, size_t needed) {
    size_t size = needed + region->size / REGION_GROWTH;
    size = size < REGION_FIRST ? REGION_FIRST : size;
    char *bytes = (char *)mem_resize(region->bytes, size);
    if (!bytes)
        return false;
    *region = (struct region){.bytes = bytes, .size = size};
    return true;
}

static inline void malloced_free(struct region *region) {
    mem_free(region->bytes);
    *region = (struct region){0};
}

static inline void malloced_count(const struct region *region, struct hamt_stats *stats) {
    count_block(stats, HAMT_BYTES_NODES, region->bytes);
}

#endif
