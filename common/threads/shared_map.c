/* shared_map.c - a map for many threads (shared_map.h), of any layout and of one part, publish.h.
 *
 * Writers take turns by a mutex, so that versions which share nodes are changed and destroyed by
 * one thread at a time, as versions.h asks.  A turn is mostly shorter than it takes to go to sleep
 * and be woken, so where the system has it, who waits looks for a while before it sleeps.  What
 * readers do while a writer is at work is the part's. */
#include "shared_map.h"

#include "change.h"
#include "mem.h"
#include "versions.h"

#include "publish.h"

#include <pthread.h>

struct shared_map {
    struct publish publish;
    pthread_mutex_t turn;
    struct hamt *batch; /* NULL if there is none */
};

struct shared_reader {
    struct publish_reader publish;
};

unsigned shared_map_traits(void) {
    return SHARED_VIEWS | SHARED_BATCHES | PUBLISH_TRAITS;
}

static bool turn_init(pthread_mutex_t *turn) {
    pthread_mutexattr_t kind;
    if (pthread_mutexattr_init(&kind))
        return false;
#ifdef __GLIBC__
    pthread_mutexattr_settype(&kind, PTHREAD_MUTEX_ADAPTIVE_NP);
#endif
    bool made = pthread_mutex_init(turn, &kind) == 0;
    pthread_mutexattr_destroy(&kind);
    return made;
}

struct shared_map *shared_map_create(const struct hamt_config *config) {
    struct shared_map *map = mem_alloc(sizeof *map);
    struct hamt *first = map ? hamt_create(config) : NULL;
    if (first && publish_init(&map->publish, first)) {
        map->batch = NULL;
        if (turn_init(&map->turn))
            return map;
        publish_free(&map->publish);
    } else {
        hamt_destroy(first);
    }
    mem_free(map);
    return NULL;
}

void shared_map_destroy(struct shared_map *map) {
    if (!map)
        return;
    pthread_mutex_destroy(&map->turn);
    publish_free(&map->publish);
    mem_free(map);
}

/* ---- Readers ---- */

struct shared_reader *shared_reader_create(struct shared_map *map) {
    struct shared_reader *reader = mem_alloc(sizeof *reader);
    if (reader && publish_join(&map->publish, &reader->publish))
        return reader;
    mem_free(reader);
    return NULL;
}

void shared_reader_destroy(struct shared_reader *reader) {
    if (!reader)
        return;
    publish_part(&reader->publish);
    mem_free(reader);
}

bool shared_map_get(struct shared_reader *reader, hamt_key key, uint64_t *value) {
    const struct hamt *version = publish_read(&reader->publish);
    bool found = hamt_get(version, key, value);
    publish_read_end(&reader->publish);
    return found;
}

struct shared_view shared_map_enter(struct shared_reader *reader) {
    return publish_hold(&reader->publish);
}

void shared_map_leave(struct shared_reader *reader, struct shared_view view) {
    publish_let_go(&reader->publish, view);
}

/* ---- Writers ---- */

enum hamt_put_result shared_map_put(struct shared_map *map, hamt_key key, uint64_t value) {
    enum hamt_put_result result = HAMT_NO_MEMORY;
    pthread_mutex_lock(&map->turn);
    const struct change change = {CHANGE_PUT, key, value};
    struct hamt *next = publish_change(&map->publish, &change);
    if (next) {
        result = hamt_put(next, key, value);
        publish_changed(&map->publish, next, result != HAMT_NO_MEMORY);
    }
    pthread_mutex_unlock(&map->turn);
    return result;
}

/* No version is made for a key that is not there. */
static enum shared_remove_result remove_in_turn(struct shared_map *map, hamt_key key) {
    uint64_t value;
    if (!hamt_get(publish_newest(&map->publish), key, &value))
        return SHARED_ABSENT;
    const struct change change = {CHANGE_REMOVE, key, 0};
    struct hamt *next = publish_change(&map->publish, &change);
    if (!next)
        return SHARED_REMOVE_NO_MEMORY;
    bool removed = hamt_remove(next, key);
    publish_changed(&map->publish, next, removed);
    return removed ? SHARED_REMOVED : SHARED_REMOVE_NO_MEMORY;
}

enum shared_remove_result shared_map_remove(struct shared_map *map, hamt_key key) {
    pthread_mutex_lock(&map->turn);
    enum shared_remove_result result = remove_in_turn(map, key);
    pthread_mutex_unlock(&map->turn);
    return result;
}

struct hamt *shared_map_begin(struct shared_map *map) {
    pthread_mutex_lock(&map->turn);
    map->batch = publish_snapshot(&map->publish);
    if (!map->batch)
        pthread_mutex_unlock(&map->turn);
    return map->batch;
}

void shared_map_commit(struct shared_map *map) {
    publish_replace(&map->publish, map->batch);
    map->batch = NULL;
    pthread_mutex_unlock(&map->turn);
}

void shared_map_abandon(struct shared_map *map) {
    publish_abandon(&map->publish, map->batch);
    map->batch = NULL;
    pthread_mutex_unlock(&map->turn);
}

void shared_map_reclaim(struct shared_map *map) {
    pthread_mutex_lock(&map->turn);
    publish_reclaim(&map->publish);
    pthread_mutex_unlock(&map->turn);
}
