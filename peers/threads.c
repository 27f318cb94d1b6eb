/* threads.c - shared_map.h over a peer that is made for threads: it claims `threads` in peer.conf,
 * so its functions may be called as they are.  It has no versions that a reader could walk over
 * while others write, and no batches. */
#include "shared_map.h"

unsigned shared_map_traits(void) {
    return SHARED_MANY_WRITERS;
}

static struct hamt *map_of(struct shared_map *map) {
    return (struct hamt *)map;
}

struct shared_map *shared_map_create(const struct hamt_config *config) {
    return (struct shared_map *)hamt_create(config);
}

void shared_map_destroy(struct shared_map *map) {
    hamt_destroy(map_of(map));
}

/* A reader is the map: there is nothing else to know of it. */

struct shared_reader *shared_reader_create(struct shared_map *map) {
    return (struct shared_reader *)map;
}

void shared_reader_destroy(struct shared_reader *reader) {
    (void)reader;
}

bool shared_map_get(struct shared_reader *reader, hamt_key key, uint64_t *value) {
    return hamt_get((const struct hamt *)reader, key, value);
}

struct shared_view shared_map_enter(struct shared_reader *reader) {
    (void)reader;
    return (struct shared_view){NULL, NULL};
}

void shared_map_leave(struct shared_reader *reader, struct shared_view view) {
    (void)reader, (void)view;
}

enum hamt_put_result shared_map_put(struct shared_map *map, hamt_key key, uint64_t value) {
    return hamt_put(map_of(map), key, value);
}

enum shared_remove_result shared_map_remove(struct shared_map *map, hamt_key key) {
    return hamt_remove(map_of(map), key) ? SHARED_REMOVED : SHARED_ABSENT;
}

struct hamt *shared_map_begin(struct shared_map *map) {
    (void)map;
    return NULL;
}

void shared_map_commit(struct shared_map *map) {
    (void)map;
}

void shared_map_abandon(struct shared_map *map) {
    (void)map;
}

void shared_map_reclaim(struct shared_map *map) {
    (void)map;
}
