/* publish.h (lock) - what do readers see while a writer is at work, and what keeps it alive?
 *
 * Contract.  struct publish is what a map has of it, struct publish_reader what a reader has.
 * Writers come one at a time (shared_map.c), readers whenever they like, in threads of their own.
 *   PUBLISH_TRAITS     SHARED_READERS_GO_ON, SHARED_WRITERS_GO_ON, or 0
 *   publish_init       takes over a first version; false when memory is out, and it does not
 *   publish_free       frees all versions; no reader is left
 *   publish_join       a reader begins, in the thread that calls; false when memory is out
 *   publish_part       it ends, in the same thread
 *   publish_read       the newest version, for a moment: until publish_read_end of the same thread
 *   publish_hold       the newest version, for as long as it takes: until publish_let_go
 * For writers:
 *   publish_newest     the newest version, to be read
 *   publish_change     the version that one put or remove, a change, is to be made in; NULL when
 *                      memory is out
 *   publish_changed    that is done, and from now on readers see it; or it failed, and nobody does
 *   publish_snapshot   a version for a batch to change; NULL when memory is out
 *   publish_replace    the batch is done, and from now on readers see its version
 *   publish_abandon    or nobody ever does
 *   publish_reclaim    frees all versions but the newest that nobody holds
 *
 * Here there is one map, changed in place under a lock for readers and writers: what one would do
 * with any map that knows nothing of versions.  Readers wait for each put, and a view has the
 * writer wait until it is left.  A batch works on a snapshot, and readers wait for no more than its
 * exchange.
 * Cost: two atomic instructions for each get, on a word that all threads write.
 *
 * glibc's lock prefers readers unless it is told not to: those that overlap without end would keep
 * a writer out for good. */
#ifndef PUBLISH_H
#define PUBLISH_H

#include <pthread.h>

enum { PUBLISH_TRAITS = 0 };

struct publish {
    struct hamt *map;
    pthread_rwlock_t lock;
};

struct publish_reader {
    struct publish *publish;
    size_t held; /* views; under the lock once, however many */
};

static inline bool publish_init(struct publish *publish, struct hamt *first) {
    publish->map = first;
    pthread_rwlockattr_t kind;
    if (pthread_rwlockattr_init(&kind))
        return false;
#ifdef __GLIBC__
    pthread_rwlockattr_setkind_np(&kind, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
#endif
    bool made = pthread_rwlock_init(&publish->lock, &kind) == 0;
    pthread_rwlockattr_destroy(&kind);
    return made;
}

static inline void publish_free(struct publish *publish) {
    pthread_rwlock_destroy(&publish->lock);
    hamt_destroy(publish->map);
}

static inline bool publish_join(struct publish *publish, struct publish_reader *reader) {
    *reader = (struct publish_reader){.publish = publish};
    return true;
}

static inline void publish_part(struct publish_reader *reader) {
    (void)reader;
}

static inline const struct hamt *publish_read(struct publish_reader *reader) {
    if (reader->held++ == 0)
        pthread_rwlock_rdlock(&reader->publish->lock);
    return reader->publish->map;
}

static inline void publish_read_end(struct publish_reader *reader) {
    if (--reader->held == 0)
        pthread_rwlock_unlock(&reader->publish->lock);
}

static inline struct shared_view publish_hold(struct publish_reader *reader) {
    return (struct shared_view){.map = publish_read(reader)};
}

static inline void publish_let_go(struct publish_reader *reader, struct shared_view view) {
    (void)view;
    publish_read_end(reader);
}

static inline const struct hamt *publish_newest(const struct publish *publish) {
    return publish->map;
}

static inline struct hamt *publish_change(struct publish *publish, const struct change *change) {
    (void)change;
    pthread_rwlock_wrlock(&publish->lock);
    return publish->map;
}

static inline void publish_changed(struct publish *publish, struct hamt *next, bool done) {
    (void)next, (void)done;
    pthread_rwlock_unlock(&publish->lock);
}

static inline struct hamt *publish_snapshot(struct publish *publish) {
    return hamt_snapshot(publish->map);
}

static inline void publish_replace(struct publish *publish, struct hamt *next) {
    struct hamt *before = publish->map;
    pthread_rwlock_wrlock(&publish->lock);
    publish->map = next;
    pthread_rwlock_unlock(&publish->lock);
    hamt_destroy(before);
}

static inline void publish_abandon(struct publish *publish, struct hamt *batch) {
    (void)publish;
    hamt_destroy(batch);
}

static inline void publish_reclaim(struct publish *publish) {
    (void)publish;
}

#endif
