/* gaps_by_size.h - free blocks: a list for each size, whose last-freed block serves the next
 * request of just that size.
 *
 * A free block's first four bytes are the number of the next one.  Waste: a block waits until its
 * size is asked for again, while the buckets of a map that grows all pass through the same sizes,
 * one after another. */
#ifndef GAPS_H
#define GAPS_H

struct gaps {
    uint32_t first[GAPS_SIZES]; /* of each size, in granules; 0: none */
};

static inline void gaps_init(struct gaps *gaps) {
    *gaps = (struct gaps){0};
}

static inline void gaps_free(struct gaps *gaps) {
    (void)gaps;
}

static inline bool gaps_cover(struct gaps *gaps, size_t granules) {
    (void)gaps, (void)granules;
    return true;
}

static inline uint32_t gaps_take(struct gaps *gaps, const struct region *region, uint32_t size) {
    uint32_t number = gaps->first[size];
    if (number != 0)
        gaps->first[size] = *(uint32_t *)granule_at(region, number);
    return number;
}

static inline void gaps_give(struct gaps *gaps, const struct region *region, uint32_t number,
                             uint32_t size, uint32_t *used) {
    (void)used;
    *(uint32_t *)granule_at(region, number) = gaps->first[size];
    gaps->first[size] = number;
}

static inline void gaps_count(const struct gaps *gaps, struct hamt_stats *stats) {
    (void)gaps, (void)stats;
}

#endif
