/* hazards.h - for those ways to publish whose readers tell which version they are about to use.
 *
 * Each reader tells it in a word of its own (a hazard pointer), and looks whether that is still the
 * newest: if so, whoever retires it later will find the word.  A writer looks at all readers' words
 * and leaves alone what they name.  Needs no library, and nothing of the system: a reader is never
 * interrupted.
 * Cost: a get has one store that has to be seen before the get goes on (use_begin); it looks again
 * for each version that is published at that very moment.
 *
 * Source: Michael, "Hazard Pointers: Safe Memory Reclamation for Lock-Free Objects", 2004. */
#ifndef HAZARDS_H
#define HAZARDS_H

#include "version.h"

#include <pthread.h>

struct publish {
    struct published published;
    pthread_mutex_t joining; /* for who changes or walks the list of readers */
    struct publish_reader *readers;
};

/* What a reader only reads is apart from what it and its neighbours write in each get. */
struct publish_reader {
    struct publish *publish;
    struct publish_reader *next;
    char before[APART];
    _Atomic(struct version *) about_to_use; /* NULL while it reads nothing */
    char after[APART];
};

static inline bool publish_init(struct publish *publish, struct hamt *first) {
    publish->readers = NULL;
    if (pthread_mutex_init(&publish->joining, NULL))
        return false;
    if (published_init(&publish->published, first))
        return true;
    pthread_mutex_destroy(&publish->joining);
    return false;
}

static inline void publish_free(struct publish *publish) {
    published_free(&publish->published);
    pthread_mutex_destroy(&publish->joining);
}

static inline bool publish_join(struct publish *publish, struct publish_reader *reader) {
    reader->publish = publish;
    atomic_init(&reader->about_to_use, NULL);
    pthread_mutex_lock(&publish->joining);
    reader->next = publish->readers;
    publish->readers = reader;
    pthread_mutex_unlock(&publish->joining);
    return true;
}

static inline void publish_part(struct publish_reader *reader) {
    pthread_mutex_lock(&reader->publish->joining);
    struct publish_reader **at = &reader->publish->readers;
    while (*at != reader)
        at = &(*at)->next;
    *at = reader->next;
    pthread_mutex_unlock(&reader->publish->joining);
}

/* All are sequentially consistent: of the reader that tells and then looks, and the writer that
 * publishes and then looks, one sees what the other did.  A release store would not do: the look
 * could go ahead of it, and both would see nothing.  A store does, and nothing of an exchange is
 * needed: what stood there is known.  On x86 the two are the same instruction; ARM has no barrier
 * in a store that is followed by such a load. */
static inline struct version *use_begin(struct publish_reader *reader) {
    struct version *newest = atomic_load(&reader->publish->published.newest), *told;
    do {
        told = newest;
        atomic_store(&reader->about_to_use, told);
        newest = atomic_load(&reader->publish->published.newest);
    } while (newest != told);
    return told;
}

/* Here release is enough: a writer that still sees the old word only leaves a version alone for
 * longer, and one that sees the new one has all reads of it behind it. */
static inline void use_end(struct publish_reader *reader) {
    atomic_store_explicit(&reader->about_to_use, NULL, memory_order_release);
}

static inline void uses_look(struct publish *publish) {
    pthread_mutex_lock(&publish->joining);
}

static inline bool in_use(const struct publish *publish, const struct version *version) {
    for (struct publish_reader *reader = publish->readers; reader; reader = reader->next)
        if (atomic_load(&reader->about_to_use) == version)
            return true;
    return false;
}

static inline void uses_looked(struct publish *publish) {
    pthread_mutex_unlock(&publish->joining);
}

#endif
