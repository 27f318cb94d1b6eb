/* large.c - see large.h. */
#include "large.h"

#include "os.h"
#include "say.h"
#include "settings.h"
#include "stats.h"

#include <pthread.h>

struct large {
    struct area area;
    size_t offset; /* of the block */
    bool fresh;    /* all zeros still, as far as the allocator knows */
    bool in_use;
};

enum {
    HEAD_BYTES = 1024,
    KEPT_AREAS = 16,
    KEPT_BYTES = 16 << 20,
};
_Static_assert(sizeof(struct large) <= HEAD_BYTES, "the block begins behind the head");

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct large *kept[KEPT_AREAS]; /* the oldest first */
static unsigned kept_count;
static size_t kept_bytes;

static struct large *large_of(const struct area *area) {
    return (struct large *)area;
}

static struct large *kept_remove(unsigned i) {
    struct large *large = kept[i];
    kept_bytes -= large->area.mapped;
    kept_count--;
    for (; i < kept_count; i++)
        kept[i] = kept[i + 1];
    return large;
}

/* The smallest that is kept and large enough, but not by more than a quarter. */
static struct large *kept_find(size_t bytes) {
    unsigned best = KEPT_AREAS;
    pthread_mutex_lock(&lock);
    for (unsigned i = 0; i < kept_count; i++) {
        size_t has = kept[i]->area.mapped;
        if (has >= bytes && has - bytes <= bytes / 4 &&
            (best == KEPT_AREAS || has < kept[best]->area.mapped))
            best = i;
    }
    struct large *large = best == KEPT_AREAS ? NULL : kept_remove(best);
    pthread_mutex_unlock(&lock);
    return large;
}

void *large_map(size_t bytes, size_t alignment) {
    /* With an alignment of more than a SuperSlab the block begins a SuperSlab's size behind its
     * area's address: further away, nobody would find that. */
    size_t unit = settings.area_bytes;
    size_t offset = round_up(HEAD_BYTES, alignment < unit ? alignment : unit);
    if (bytes > PTRDIFF_MAX - 2 * unit || alignment > PTRDIFF_MAX / 2)
        return NULL;
    struct area *area =
        area_map(AREA_LARGE, round_up(offset + bytes, settings.page_bytes), offset, alignment);
    if (!area)
        return NULL;
    stat_add(STAT_LARGE);
    struct large *large = large_of(area);
    large->offset = offset;
    large->fresh = true;
    large->in_use = true;
    return (char *)large + offset;
}

void *large_alloc(size_t bytes, size_t alignment) {
    struct large *large = NULL;
    if (alignment <= HEAD_BYTES && bytes <= KEPT_BYTES)
        large = kept_find(round_up(HEAD_BYTES + bytes, settings.page_bytes));
    if (!large)
        return large_map(bytes, alignment);
    large->in_use = true;
    return (char *)large + HEAD_BYTES;
}

void large_free(struct area *area) {
    struct large *large = large_of(area), *dropped[KEPT_AREAS + 1];
    unsigned count = 0;
    if (!large->in_use)
        die_not_in_use("free", (char *)large + large->offset);
    large->in_use = false;
    large->fresh = false;
    if (large->offset != HEAD_BYTES || area->mapped > KEPT_BYTES / 2) {
        area_unmap(area);
        return;
    }
    pthread_mutex_lock(&lock);
    while (kept_count == KEPT_AREAS || (kept_count && kept_bytes + area->mapped > KEPT_BYTES))
        dropped[count++] = kept_remove(0);
    kept[kept_count++] = large;
    kept_bytes += area->mapped;
    pthread_mutex_unlock(&lock);
    while (count)
        area_unmap(&dropped[--count]->area);
}

size_t large_usable(const struct area *area) {
    return area->mapped - large_of(area)->offset;
}

bool large_is_zero(const struct area *area) {
    return large_of(area)->fresh;
}

void *large_resize(struct area *area, size_t bytes) {
    size_t offset = large_of(area)->offset;
    if (bytes > PTRDIFF_MAX - 2 * settings.area_bytes)
        return NULL;
    area = area_resize(area, round_up(offset + bytes, settings.page_bytes));
    return area ? (char *)area + offset : NULL;
}

bool large_has(const struct area *area, const void *block) {
    const struct large *large = large_of(area);
    return large->in_use && (const char *)block == (const char *)large + large->offset;
}
