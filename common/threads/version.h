/* version.h - the versions of a map that published.h keeps: the newest, which readers find, and
 * those that are on their way out. */
#ifndef VERSION_H
#define VERSION_H

#include <stdatomic.h>

/* A record: used again, so that a reader which comes too late still finds a record. */
struct version {
    struct hamt *map;
    atomic_size_t views;
    struct version *next; /* in one of the lists */
};

struct published {
    _Atomic(struct version *) newest;
    struct version *next;    /* that a writer is at work on */
    struct version *retired; /* that a reader may be about to use */
    struct version *held;    /* that only views keep */
    struct version *spare;   /* records without a map */
    size_t retired_count;    /* since it was last asked who uses them */
};

static inline void version_push(struct version **list, struct version *version) {
    version->next = *list;
    *list = version;
}

static inline struct version *version_pop(struct version **list) {
    struct version *first = *list;
    if (first)
        *list = first->next;
    return first;
}

static inline struct version *version_reversed(struct version *list) {
    struct version *reversed = NULL;
    for (struct version *version; (version = version_pop(&list)) != NULL;)
        version_push(&reversed, version);
    return reversed;
}

/* A record without a map; NULL when memory is out. */
static inline struct version *version_new(struct published *published) {
    struct version *version = version_pop(&published->spare);
    if (!version && (version = mem_alloc(sizeof *version)) != NULL)
        atomic_init(&version->views, 0);
    return version;
}

/* Takes over a first version; false when memory is out, and it does not. */
static inline bool published_init(struct published *published, struct hamt *first) {
    *published = (struct published){.spare = NULL};
    struct version *version = version_new(published);
    if (!version)
        return false;
    version->map = first;
    atomic_init(&published->newest, version);
    return true;
}

/* The writer's look at it. */
static inline struct version *published_newest(const struct published *published) {
    return atomic_load_explicit(&published->newest, memory_order_relaxed);
}

static inline void published_free(struct published *published) {
    version_push(&published->retired, published_newest(published));
    struct version *lists[] = {published->retired, published->held, published->spare};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        for (struct version *version; (version = version_pop(&lists[i])) != NULL;) {
            hamt_destroy(version->map);
            mem_free(version);
        }
    }
}

#endif
