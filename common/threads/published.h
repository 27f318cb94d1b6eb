/* published.h - for those ways to publish that never change a version which readers may have.
 *
 * Readers find the newest version by one pointer.  A writer takes a snapshot of it, changes that,
 * and sets the pointer:
 *
 *     newest ---> version                 version <--- a view
 *                    |                       |
 *                   map <-- nodes shared --> map
 *
 * The one before is then *retired*: no reader comes to it any more, but one that read the pointer a
 * moment ago may be about to use it.  Once none is, only views are left, which a version counts;
 * those that have some are *held*, and the writer looks at them again each time when it frees
 * others.  So whatever writes to what versions share, their destruction too, is done by the writer
 * whose turn it is.
 *
 * All of publish.h but how it is known who is about to use what; whoever includes it has
 *     struct publish     with a struct published `published` in it
 *     struct publish_reader
 *     use_begin          the newest version, which is not freed before use_end of the same reader
 *     uses_look          begins to look who is about to use what; all versions retired before may
 *                        then be asked for by
 *     in_use             whether a reader is about to use a version
 *     uses_looked        that is done
 *
 * Cost: a put is one snapshot, a put into that, and one map destroyed; records of versions are used
 * again.  RETIRED_MOST versions wait until it is asked who is about to use them. */
#ifndef PUBLISHED_H
#define PUBLISHED_H

#include "version.h"

enum { RETIRED_MOST = 64 };

/* ---- Readers ---- */

static inline const struct hamt *publish_read(struct publish_reader *reader) {
    return use_begin(reader)->map;
}

static inline void publish_read_end(struct publish_reader *reader) {
    use_end(reader);
}

static inline struct shared_view publish_hold(struct publish_reader *reader) {
    struct version *version = use_begin(reader);
    atomic_fetch_add_explicit(&version->views, 1, memory_order_relaxed);
    struct shared_view view = {.map = version->map, .held = version};
    use_end(reader);
    return view;
}

static inline void publish_let_go(struct publish_reader *reader, struct shared_view view) {
    struct version *version = view.held;
    (void)reader;
    atomic_fetch_sub_explicit(&version->views, 1, memory_order_release);
}

/* ---- The writer whose turn it is ---- */

/* Destroys the map of a version that nobody can come to or has. */
static inline void published_end(struct published *published, struct version *version) {
    hamt_destroy(version->map);
    version->map = NULL;
    version_push(&published->spare, version);
}

/* The oldest first: what a layout keeps of a version for those before it (share.h), it need not
 * keep then.  A third of the time of a put, with `stamped`. */
static inline void publish_reclaim(struct publish *publish) {
    struct published *published = &publish->published;
    struct version *lists[] = {version_reversed(published->held),
                               version_reversed(published->retired)};
    published->held = published->retired = NULL;
    published->retired_count = 0;
    uses_look(publish);
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        for (struct version *version; (version = version_pop(&lists[i])) != NULL;) {
            if (in_use(publish, version))
                version_push(&published->retired, version);
            else if (atomic_load_explicit(&version->views, memory_order_acquire) > 0)
                version_push(&published->held, version);
            else
                published_end(published, version);
        }
    }
    uses_looked(publish);
}

static inline const struct hamt *publish_newest(const struct publish *publish) {
    return published_newest(&publish->published)->map;
}

static inline struct hamt *publish_snapshot(struct publish *publish) {
    struct published *published = &publish->published;
    struct version *next = version_new(published);
    if (!next)
        return NULL;
    next->map = hamt_snapshot(published_newest(published)->map);
    if (!next->map) {
        version_push(&published->spare, next);
        return NULL;
    }
    published->next = next;
    return next->map;
}

static inline void publish_replace(struct publish *publish, struct hamt *batch) {
    struct published *published = &publish->published;
    struct version *before = published_newest(published);
    (void)batch;
    atomic_store(&published->newest, published->next);
    version_push(&published->retired, before);
    if (++published->retired_count >= RETIRED_MOST)
        publish_reclaim(publish);
}

static inline void publish_abandon(struct publish *publish, struct hamt *batch) {
    (void)batch;
    published_end(&publish->published, publish->published.next);
}

static inline struct hamt *publish_change(struct publish *publish) {
    return publish_snapshot(publish);
}

static inline void publish_changed(struct publish *publish, struct hamt *next, bool done) {
    if (done)
        publish_replace(publish, next);
    else
        publish_abandon(publish, next);
}

#endif
