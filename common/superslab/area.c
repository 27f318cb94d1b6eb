/* area.c - see area.h. */
#include "area.h"

#include "lookup.h"
#include "os.h"
#include "settings.h"
#include "stats.h"

static uintptr_t first_multiple(uintptr_t address, uintptr_t unit) {
    return (address + unit - 1) & ~(unit - 1);
}

/* Address space of `bytes` whose start is a multiple of the SuperSlab size, and start + offset one
 * of `alignment`.  Most often the kernel puts a mapping where it fits; if not, a larger one is
 * trimmed. */
static void *map_aligned(size_t bytes, size_t offset, size_t alignment) {
    size_t unit = settings.area_bytes;
    bool more = alignment > unit; /* offset is a multiple of unit then */
    void *mapping = os_map(bytes);
    if (!mapping)
        return NULL;
    if ((uintptr_t)mapping % unit == 0 && ((uintptr_t)mapping + offset) % alignment == 0)
        return mapping;
    os_unmap(mapping, bytes);

    size_t slack = more ? alignment : unit;
    if (bytes + slack < bytes || !(mapping = os_map(bytes + slack)))
        return NULL;
    uintptr_t from = (uintptr_t)mapping, end = from + bytes + slack;
    uintptr_t start =
        more ? first_multiple(from + offset, alignment) - offset : first_multiple(from, unit);
    if (start > from)
        os_unmap(mapping, start - from);
    if (end > start + bytes)
        os_unmap((void *)(start + bytes), end - (start + bytes));
    return (void *)start;
}

struct area *area_map(enum area_kind kind, size_t bytes, size_t offset, size_t alignment) {
    struct area *area = map_aligned(bytes, offset, alignment);
    if (!area)
        return NULL;
    area->kind = kind;
    area->mapped = bytes;
    if (!lookup_add(area)) {
        os_unmap(area, bytes);
        return NULL;
    }
    stat_mapped(STAT_AREAS_NOW);
    return area;
}

void area_unmap(struct area *area) {
    lookup_remove(area);
    stat_unmapped(STAT_AREAS_NOW);
    if (!os_unmap(area, area->mapped)) /* its pages at least */
        os_purge(area, area->mapped);
}

struct area *area_resize(struct area *area, size_t bytes) {
    struct area *moved = area;
    if (!os_resize(area, area->mapped, bytes)) {
        /* The kernel moves the pages to a place that is aligned as it must be. */
        moved = map_aligned(bytes, 0, 1);
        if (!moved)
            return NULL;
        lookup_remove(area);
        if (!lookup_add(moved) || !os_move(area, area->mapped, moved, bytes)) {
            lookup_remove(moved);
            lookup_add(area); /* its place there is still its own */
            os_unmap(moved, bytes);
            return NULL;
        }
    }
    moved->mapped = bytes;
    return moved;
}
