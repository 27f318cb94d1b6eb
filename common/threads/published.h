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
 * moment ago may be about to use it.  Once none is, it is *due*: only views are left, which a
 * version counts; those that have some wait for the next time that the writer looks.  So whatever
 * writes to what versions share, their destruction too, is done by the writer whose turn it is.
 *
 * All of publish.h but how it is known who is about to use what, and when one looks; whoever
 * includes it has
 *     struct publish     with a struct published `published` in it
 *     struct publish_reader
 *     use_begin          the newest version, which is not freed before use_end of the same reader
 *     uses_look          begins to look who is about to use what; all versions retired before may
 *                        then be asked for by
 *     in_use             whether a reader is about to use a version
 *     uses_looked        that is done
 *     RETIRED_MOST       changes after which it is asked who is about to use those retired since
 *     ENDED_MOST         versions that are due and looked at, and destroyed, with one change
 *
 * Cost: a put is one snapshot, a put into that, and on average one map destroyed; records of
 * versions are used again. */
#ifndef PUBLISHED_H
#define PUBLISHED_H

#include "readers.h"

/* What is retired is due if nobody is about to use it.  All that are due may be looked at then. */
static inline void published_look(struct publish *publish) {
    struct published *published = &publish->published;
    struct version *retired = version_reversed(published->retired);
    published->retired = NULL;
    published->retired_count = 0;
    uses_look(publish);
    for (struct version *version; (version = version_pop(&retired)) != NULL;) {
        if (in_use(publish, version))
            version_push(&published->retired, version);
        else
            version_enqueue(&published->due, version);
    }
    uses_looked(publish);
    published->to_end = published->due.count;
}

static inline void publish_reclaim(struct publish *publish) {
    published_look(publish);
    published_end_due(&publish->published, SIZE_MAX);
}

static inline const struct hamt *publish_newest(const struct publish *publish) {
    return published_newest(&publish->published)->map;
}

static inline struct hamt *publish_snapshot(struct publish *publish) {
    struct published *published = &publish->published;
    return published_snapshot(published) ? published->next->map : NULL;
}

static inline void publish_replace(struct publish *publish, struct hamt *batch) {
    struct published *published = &publish->published;
    struct version *before = published_newest(published);
    (void)batch;
    atomic_store(&published->newest, published->next);
    published->next = NULL;
    version_push(&published->retired, before);
    if (++published->retired_count >= RETIRED_MOST)
        published_look(publish);
    published_end_due(published, ENDED_MOST);
}

static inline void publish_abandon(struct publish *publish, struct hamt *batch) {
    struct published *published = &publish->published;
    (void)batch;
    published_end(published, published->next);
    published->next = NULL;
}

static inline struct hamt *publish_change(struct publish *publish, const struct change *change) {
    (void)change;
    return publish_snapshot(publish);
}

static inline void publish_changed(struct publish *publish, struct hamt *next, bool done) {
    if (done)
        publish_replace(publish, next);
    else
        publish_abandon(publish, next);
}

#endif
