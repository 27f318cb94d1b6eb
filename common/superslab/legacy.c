/* legacy.c - see legacy.h. */
#include "legacy.h"

#include "large.h"
#include "os.h"
#include "say.h"
#include "settings.h"

#include <pthread.h>
#include <string.h>

enum {
    PAGES_MAX = 8, /* of a block */
    AREA_PAGES_MAX = 512,
    TAKEN = 255,       /* a page's number: inside a block, or somebody else's */
    MAPPED_FREE = 254, /* nobody's, but the kernel would not unmap it */
};

struct legacy {
    struct area area;
    struct legacy *next;
    unsigned pages;                      /* in the area, the head's among them */
    unsigned free;                       /* pages that nobody has */
    unsigned rover;                      /* where the search begins */
    uint8_t numbers[AREA_PAGES_MAX + 1]; /* the last is of the address behind all pages: 0 */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct legacy *areas; /* one that had room last comes first */

static struct legacy *legacy_of(const struct area *area) {
    return (struct legacy *)area;
}

/* All that is mapped of it is its head. */
static struct legacy *legacy_new(void) {
    struct area *area = area_map(AREA_LEGACY, settings.area_bytes, 0, 1);
    if (!area)
        return NULL;
    struct legacy *legacy = legacy_of(area);
    unsigned head = (unsigned)(round_up(sizeof *legacy, settings.page_bytes) / settings.page_bytes);
    size_t pages = settings.area_bytes / settings.page_bytes;
    legacy->pages = pages < AREA_PAGES_MAX ? (unsigned)pages : AREA_PAGES_MAX;
    legacy->free = legacy->pages - head;
    memset(legacy->numbers, TAKEN, head);
    size_t head_bytes = head * settings.page_bytes;
    os_unmap((char *)legacy + head_bytes, settings.area_bytes - head_bytes);
    area->mapped = head_bytes;
    legacy->next = areas;
    areas = legacy;
    return legacy;
}

static char *address_of_page(struct legacy *legacy, unsigned page) {
    return (char *)legacy + page * settings.page_bytes;
}

/* The first of `count` pages in a row that nobody has, from the rover on and then from the start; 0
 * if there are none. */
static unsigned find_pages(struct legacy *legacy, unsigned count) {
    for (unsigned tries = 0, start = legacy->rover; tries < 2; tries++, start = 0)
        for (unsigned page = start, row = 0; page < legacy->pages; page++) {
            uint8_t number = legacy->numbers[page];
            row = number == 0 || (number == MAPPED_FREE && count == 1) ? row + 1 : 0;
            if (row == count)
                return page + 1 - count;
        }
    return 0;
}

/* Maps a block there, or learns that it cannot.  The lock is held. */
static void *map_pages(struct legacy *legacy, unsigned page, unsigned count, bool *taken) {
    char *block = address_of_page(legacy, page);
    *taken = false;
    if (legacy->numbers[page] == MAPPED_FREE) {
        os_purge(block, settings.page_bytes);
    } else if (!os_map_at(block, count * settings.page_bytes, taken)) {
        if (*taken) { /* one of them is; which one is not worth finding out */
            memset(legacy->numbers + page, TAKEN, count);
            legacy->free -= count;
        }
        return NULL;
    }
    memset(legacy->numbers + page, TAKEN, count);
    legacy->numbers[page] = (uint8_t)count;
    legacy->free -= count;
    legacy->rover = page + count;
    return block;
}

/* The lock is held. */
static void *alloc_in(struct legacy *legacy, unsigned count, bool *out_of_memory) {
    while (legacy->free >= count) {
        unsigned page = find_pages(legacy, count);
        if (!page)
            return NULL;
        bool taken;
        void *block = map_pages(legacy, page, count, &taken);
        if (block)
            return block;
        if (!taken) {
            *out_of_memory = true;
            return NULL;
        }
    }
    return NULL;
}

void *legacy_alloc(size_t bytes, size_t alignment) {
    if (bytes > PAGES_MAX * settings.page_bytes || alignment > settings.page_bytes)
        return large_alloc(bytes, alignment);
    unsigned count =
        (unsigned)(round_up(bytes ? bytes : 1, settings.page_bytes) / settings.page_bytes);
    void *block = NULL;
    bool out_of_memory = false;
    pthread_mutex_lock(&lock);
    struct legacy **link = &areas;
    for (; *link && !block && !out_of_memory; link = &(*link)->next) {
        struct legacy *legacy = *link;
        block = alloc_in(legacy, count, &out_of_memory);
        if (block) {
            *link = legacy->next;
            legacy->next = areas;
            areas = legacy;
            break;
        }
    }
    if (!block && !out_of_memory) {
        struct legacy *legacy = legacy_new();
        if (legacy)
            block = alloc_in(legacy, count, &out_of_memory);
    }
    pthread_mutex_unlock(&lock);
    return block;
}

static unsigned page_of(const struct legacy *legacy, const void *block) {
    return (unsigned)((size_t)((const char *)block - (const char *)legacy) / settings.page_bytes);
}

void legacy_free(struct area *area, void *block) {
    struct legacy *legacy = legacy_of(area);
    unsigned page = page_of(legacy, block);
    pthread_mutex_lock(&lock);
    unsigned count = legacy->numbers[page];
    pthread_mutex_unlock(&lock);
    if (!count || count > PAGES_MAX)
        die_not_in_use("free", block);
    bool unmapped = os_unmap(block, count * settings.page_bytes);
    if (!unmapped)
        os_purge(block, count * settings.page_bytes);
    pthread_mutex_lock(&lock);
    memset(legacy->numbers + page, unmapped ? 0 : MAPPED_FREE, count);
    legacy->free += count;
    if (page < legacy->rover)
        legacy->rover = page;
    pthread_mutex_unlock(&lock);
}

size_t legacy_usable(const struct area *area, const void *block) {
    const struct legacy *legacy = legacy_of(area);
    return legacy->numbers[page_of(legacy, block)] * settings.page_bytes;
}

bool legacy_has(const struct area *area, const void *block) {
    const struct legacy *legacy = legacy_of(area);
    unsigned number = legacy->numbers[page_of(legacy, block)];
    return (uintptr_t)block % settings.page_bytes == 0 && number && number <= PAGES_MAX;
}
