/* version.h - the versions of a map: the newest, which readers find, the one that a writer is at
 * work on, and those that are on their way out. */
#ifndef VERSION_H
#define VERSION_H

#include "apart.h"
#include "change.h"

#include <stdatomic.h>

/* A record: used again, so that a reader which comes too late still finds a record.  Its neighbour
 * in memory is another one, that the writer may be at work on. */
struct version {
    struct hamt *map;
    atomic_size_t views;
    struct version *next; /* in one of the lists */
    char apart[APART];
};

/* The oldest first. */
struct version_queue {
    struct version *first, *last;
    size_t count;
};

struct published {
    char before[APART];
    _Atomic(struct version *) newest; /* all that readers look at */
    char after[APART];
    struct version *next;     /* that a writer is at work on */
    struct version *retired;  /* that a reader may be about to use, the youngest first */
    size_t retired_count;     /* since it was last asked who uses them */
    struct version_queue due; /* that only views keep */
    size_t to_end;            /* of these, to be looked at for views */
    struct version *spare;    /* records without a map */
    struct change lacks;      /* what the next one lacks of the newest, where it may (twins) */
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

static inline void version_enqueue(struct version_queue *queue, struct version *version) {
    version->next = NULL;
    *(queue->first ? &queue->last->next : &queue->first) = version;
    queue->last = version;
    queue->count++;
}

static inline struct version *version_dequeue(struct version_queue *queue) {
    queue->count--;
    return version_pop(&queue->first);
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

/* Makes one like the newest the version that a writer is at work on; false when memory is out. */
static inline bool published_snapshot(struct published *published) {
    struct version *next = version_new(published);
    if (!next)
        return false;
    next->map = hamt_snapshot(published_newest(published)->map);
    if (!next->map) {
        version_push(&published->spare, next);
        return false;
    }
    published->next = next;
    return true;
}

/* Whether a view has it; if not, what those did that had one is over. */
static inline bool version_viewed(const struct version *version) {
    return atomic_load_explicit(&version->views, memory_order_acquire) > 0;
}

/* Destroys the map of a version that nobody can come to or has. */
static inline void published_end(struct published *published, struct version *version) {
    hamt_destroy(version->map);
    version->map = NULL;
    version_push(&published->spare, version);
}

/* Looks at so many of those that are due, each once, and destroys those that have no views.  The
 * oldest first: what a layout keeps of a version for those before it (share.h), it need not keep
 * then.  A third of the time of a put, with `stamped`. */
static inline void published_end_due(struct published *published, size_t most) {
    for (; most > 0 && published->to_end > 0; most--) {
        struct version *version = version_dequeue(&published->due);
        published->to_end--;
        if (version_viewed(version))
            version_enqueue(&published->due, version);
        else
            published_end(published, version);
    }
}

static inline void published_free(struct published *published) {
    change_forget(&published->lacks);
    version_push(&published->retired, published_newest(published));
    if (published->next)
        version_push(&published->retired, published->next);
    struct version *lists[] = {published->retired, published->due.first, published->spare};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        for (struct version *version; (version = version_pop(&lists[i])) != NULL;) {
            hamt_destroy(version->map);
            mem_free(version);
        }
    }
}

#endif
