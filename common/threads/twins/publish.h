/* publish.h (twins) - what do readers see while a writer is at work, and what keeps it alive?
 *
 * Parent: hazard.  Change: two versions take turns, and a change is made in both, one after the
 * other, each time where no reader is:
 *
 *     newest ---> one        a put into the twin, which then becomes the newest; the same put into
 *                 twin       what was the newest, as soon as nobody is about to use it
 *
 * So nothing is copied and nothing destroyed for a put: it is two puts into maps of their own, and
 * readers find all but what was changed where it was.  The second put of each change is made when
 * the next one comes, by when readers are gone; if not, the writer waits for gets that are under
 * way.  A version that a view holds is never changed: a snapshot of the newest is the twin then.
 * So each view costs what one version does, however many changes come while it is held, and so does
 * a batch, of which nobody knows what it changed.
 *
 * Twins start as snapshots, so layouts that share nodes keep those once that no change came to;
 * others keep all twice.  Whatever shares nothing may be published this way: where no views are
 * taken and no batches made, nothing is copied after the first change.
 * Cost: up to twice the memory, and what is read often is in a cache twice; a writer waits for a
 * reader that sleeps in the middle of a get.
 *
 * Source: Ramalhete and Correia, "Left-Right: A Concurrency Control Technique with Wait-Free
 * Population Oblivious Reads", 2015, for the two that take turns. */
#ifndef PUBLISH_H
#define PUBLISH_H

#include "hazards.h"
#include "readers.h"

#include <sched.h>

/* How many versions that only views kept are looked at with one change; and how often a writer
 * looks whether a reader is gone before it lets other threads run: as long as a get takes. */
enum { ENDED_MOST = 2, LOOKS_MOST = 200 };

static inline void twins_wait(struct publish *publish, const struct version *version) {
    uses_look(publish);
    for (int looks = 1; in_use(publish, version); looks++)
        if (looks % LOOKS_MOST == 0)
            sched_yield();
    uses_looked(publish);
}

/* One of them takes part no longer; it is neither the newest nor the twin. */
static inline void twins_end(struct publish *publish, struct version *version) {
    struct published *published = &publish->published;
    twins_wait(publish, version);
    version_enqueue(&published->due, version);
    published->to_end = published->due.count;
}

/* There is no twin any more. */
static inline void twins_part(struct publish *publish) {
    struct published *published = &publish->published;
    change_forget(&published->lacks);
    if (published->next)
        twins_end(publish, published->next);
    published->next = NULL;
}

/* Whether the twin has all that the newest has; false when memory is out, and it is as before. */
static inline bool twins_catch_up(struct published *published) {
    if (!change_make(published->next->map, &published->lacks))
        return false;
    change_forget(&published->lacks);
    return true;
}

static inline const struct hamt *publish_newest(const struct publish *publish) {
    return published_newest(&publish->published)->map;
}

/* The twin, which has all that the newest has and that nobody sees. */
static inline struct hamt *publish_snapshot(struct publish *publish) {
    struct published *published = &publish->published;
    published->to_end = published->due.count;
    published_end_due(published, ENDED_MOST);
    if (published->next) {
        twins_wait(publish, published->next);
        if (version_viewed(published->next))
            twins_part(publish);
    }
    bool made = published->next ? twins_catch_up(published) : published_snapshot(published);
    return made ? published->next->map : NULL;
}

static inline void publish_replace(struct publish *publish, struct hamt *batch) {
    struct published *published = &publish->published;
    struct version *before = published_newest(published);
    (void)batch;
    atomic_store(&published->newest, published->next);
    published->next = NULL;
    twins_end(publish, before);
    published_end_due(published, ENDED_MOST);
    /* Now, not with the next change: it is the batch that it is for.  If memory is out, then. */
    (void)published_snapshot(published);
}

static inline void publish_abandon(struct publish *publish, struct hamt *batch) {
    struct published *published = &publish->published;
    (void)batch;
    published_end(published, published->next);
    published->next = NULL;
}

static inline struct hamt *publish_change(struct publish *publish, const struct change *change) {
    struct hamt *twin = publish_snapshot(publish);
    return twin && change_keep(&publish->published.lacks, change) ? twin : NULL;
}

static inline void publish_changed(struct publish *publish, struct hamt *next, bool done) {
    struct published *published = &publish->published;
    (void)next;
    if (!done) {
        change_forget(&published->lacks);
        return;
    }
    struct version *before = published_newest(published);
    atomic_store(&published->newest, published->next);
    published->next = before;
}

static inline void publish_reclaim(struct publish *publish) {
    struct published *published = &publish->published;
    twins_part(publish);
    published->to_end = published->due.count;
    published_end_due(published, SIZE_MAX);
}

#endif
