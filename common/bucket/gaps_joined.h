/* gaps_joined.h - free blocks: neighbours become one, and a request is cut from the smallest that
 * is large enough.
 *
 *     region   [ bucket | gap: next previous . size ... size | bucket | gap | ... ]
 *     edges      0 0 0    1 0 0 ...                      0 1   0 0 0    1 1
 *
 * The size of a gap stands in its first granule and in its last, and one bit for each granule says
 * whether a gap begins or ends there: so a block that is freed finds the gaps before and behind it
 * without a search (Knuth, "The Art of Computer Programming", 1, 2.5: boundary tags; here no block
 * in use has any).  A gap that ends where the region has not been used yet is none any more.
 * Waste: the bits, a 128th. */
#ifndef GAPS_H
#define GAPS_H

/* The last list has all gaps of its size and more. */
struct gaps {
    uint64_t some;              /* bit n: list n has a gap */
    uint32_t first[GAPS_SIZES]; /* numbers of granules; 0: none */
    uint64_t *edges;
    size_t covered; /* granules that have a bit in `edges` */
};

struct gap {
    uint32_t next; /* in its list; 0: none */
    uint32_t previous;
    uint32_t unused;
    uint32_t size; /* in granules */
};

static_assert(sizeof(struct gap) == GRANULE && GAPS_SIZES == 64, "a gap has a granule at least");

static inline void gaps_init(struct gaps *gaps) {
    *gaps = (struct gaps){0};
}

static inline void gaps_free(struct gaps *gaps) {
    mem_free(gaps->edges);
}

/* Makes room for the edges of so many granules.  False when memory is out. */
static inline bool gaps_cover(struct gaps *gaps, size_t granules) {
    enum { WORD = 64 };
    size_t words = granules / WORD + 1;
    if (granules <= gaps->covered)
        return true;
    uint64_t *edges = (uint64_t *)mem_resize(gaps->edges, words * sizeof *edges);
    if (!edges)
        return false;
    memset(edges + gaps->covered / WORD, 0, (words - gaps->covered / WORD) * sizeof *edges);
    gaps->edges = edges;
    gaps->covered = words * WORD;
    return true;
}

static inline struct gap *gap_at(const struct region *region, uint32_t number) {
    return (struct gap *)granule_at(region, number);
}

static inline uint32_t gaps_list(uint32_t size) {
    return size < GAPS_SIZES ? size : GAPS_SIZES - 1;
}

static inline bool gaps_edge(const struct gaps *gaps, uint32_t number) {
    return gaps->edges[number / 64] >> number % 64 & 1;
}

static inline void gaps_turn_edge(struct gaps *gaps, uint32_t number) {
    gaps->edges[number / 64] ^= UINT64_C(1) << number % 64;
}

/* Both ends; a gap of one granule has but one. */
static inline void gaps_turn_edges(struct gaps *gaps, uint32_t number, uint32_t size) {
    gaps_turn_edge(gaps, number);
    if (size > 1)
        gaps_turn_edge(gaps, number + size - 1);
}

static inline void gaps_add(struct gaps *gaps, const struct region *region, uint32_t number,
                            uint32_t size) {
    uint32_t list = gaps_list(size), next = gaps->first[list];
    gap_at(region, number + size - 1)->size = size;
    *gap_at(region, number) = (struct gap){.next = next, .size = size};
    if (next != 0)
        gap_at(region, next)->previous = number;
    gaps->first[list] = number;
    gaps->some |= UINT64_C(1) << list;
    gaps_turn_edges(gaps, number, size);
}

static inline void gaps_remove(struct gaps *gaps, const struct region *region, uint32_t number) {
    struct gap gap = *gap_at(region, number);
    uint32_t list = gaps_list(gap.size);
    if (gap.next != 0)
        gap_at(region, gap.next)->previous = gap.previous;
    if (gap.previous != 0)
        gap_at(region, gap.previous)->next = gap.next;
    else
        gaps->first[list] = gap.next;
    if (gaps->first[list] == 0)
        gaps->some &= ~(UINT64_C(1) << list);
    gaps_turn_edges(gaps, number, gap.size);
}

static inline uint32_t gaps_take(struct gaps *gaps, const struct region *region, uint32_t size) {
    uint64_t enough = gaps->some >> size << size;
    if (enough == 0)
        return 0;
    uint32_t number = gaps->first[__builtin_ctzll(enough)];
    uint32_t rest = gap_at(region, number)->size - size;
    gaps_remove(gaps, region, number);
    if (rest > 0)
        gaps_add(gaps, region, number + size, rest);
    return number;
}

static inline void gaps_give(struct gaps *gaps, const struct region *region, uint32_t number,
                             uint32_t size, uint32_t *used) {
    uint32_t behind = number + size;
    if (behind < *used && gaps_edge(gaps, behind)) {
        size += gap_at(region, behind)->size;
        gaps_remove(gaps, region, behind);
    }
    if (gaps_edge(gaps, number - 1)) { /* the first granule of all is no block's */
        uint32_t before = gap_at(region, number - 1)->size;
        number -= before;
        size += before;
        gaps_remove(gaps, region, number);
    }
    if (number + size == *used)
        *used = number;
    else
        gaps_add(gaps, region, number, size);
}

static inline void gaps_count(const struct gaps *gaps, struct hamt_stats *stats) {
    count_block(stats, HAMT_BYTES_NODES, gaps->edges);
}

#endif
