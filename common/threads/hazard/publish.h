/* publish.h (hazard) - what do readers see while a writer is at work, and what keeps it alive?
 *
 * Parent: rcu.  Change: each reader tells in a word of its own which version it is about to use (a
 * hazard pointer), and looks whether that is still the newest: if so, whoever retires it later will
 * find the word.  A writer looks at all readers' words and frees what none of them names, so that
 * it never waits for a reader, and a reader that sleeps in the middle of a get keeps one version.
 * Needs no library, and nothing of the system.
 * Cost: a get has one atomic exchange, the only way to have others see a store before one goes on;
 * it looks again for each version that is published at that very moment.  A writer looks at every
 * reader once in RETIRED_MOST changes.
 *
 * Source: Michael, "Hazard Pointers: Safe Memory Reclamation for Lock-Free Objects", 2004. */
#ifndef PUBLISH_H
#define PUBLISH_H

#include "version.h"

#include <pthread.h>

enum { PUBLISH_TRAITS = SHARED_READERS_GO_ON | SHARED_WRITERS_GO_ON };

enum { CACHE_LINE = 64 };

struct publish {
    struct published published;
    pthread_mutex_t joining; /* for who changes or walks the list of readers */
    struct publish_reader *readers;
};

struct publish_reader {
    _Atomic(struct version *) about_to_use; /* NULL while it reads nothing */
    char apart[CACHE_LINE];                 /* another reader's word is in another line */
    struct publish *publish;
    struct publish_reader *next;
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
 * publishes and then looks, one sees what the other did. */
static inline struct version *use_begin(struct publish_reader *reader) {
    struct version *newest = atomic_load(&reader->publish->published.newest), *told;
    do {
        told = newest;
        atomic_exchange(&reader->about_to_use, told);
        newest = atomic_load(&reader->publish->published.newest);
    } while (newest != told);
    return told;
}

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

#include "published.h"

#endif
