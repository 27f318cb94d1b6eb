/* granules_test.c - the largest region that there may be: no block lies where no link leads.
 *
 * Its memory is made up, since nobody looks into a block here. */
#include <assert.h>
#include <check.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "inside.h"

#include "count.h"
#include "mem.h"

struct region {
    char *bytes;
    size_t size;
};

/* By an eighth more than is needed, as a real one does. */
static inline bool region_grow(struct region *region, size_t needed) {
    region->size = needed + needed / 8;
    return true;
}

static inline void region_free(struct region *region) {
    *region = (struct region){0};
}

static inline void region_count(const struct region *region, struct hamt_stats *stats) {
    stats->bytes[HAMT_BYTES_NODES] += region->size;
}

#define GAPS "gaps_by_size.h"
#include "granules.h"
#include "../run_suite.h"

enum { GRANULES = 3, BYTES = GRANULES * GRANULE };

/* As full as it gets, but for so many blocks. */
static struct blocks nearly_full(uint32_t blocks_left) {
    struct blocks blocks;
    blocks_init(&blocks);
    blocks.used = (uint32_t)granules_most - blocks_left * GRANULES;
    blocks.live = 1;
    return blocks;
}

START_TEST(test_blocks_end_where_numbers_do) {
    struct blocks blocks = nearly_full(2);
    for (int i = 0; i < 2; i++) {
        link block = block_alloc(&blocks, BYTES);
        ck_assert_uint_eq(block % 2, 0);
        ck_assert_uint_eq(block / 2, granules_most - (size_t)(2 - i) * GRANULES);
    }
    ck_assert_uint_gt(blocks.region.size / GRANULE, granules_most);
    ck_assert_uint_eq(blocks.room, granules_most);
    ck_assert_uint_eq(block_alloc(&blocks, BYTES), LINK_NONE);
    ck_assert_uint_eq(blocks.used, granules_most);
}
END_TEST

int main(void) {
    TCase *all = tcase_create("granules");
    tcase_add_test(all, test_blocks_end_where_numbers_do);
    return run_case("granules", all, CK_FORK_GETENV);
}
