/* linear.c - see linear.h. */
#include "linear.h"

#include <stdlib.h>
#include <string.h>

/* How far each thread has come, and what is in the map then. */
struct place {
    uint64_t values[LINEAR_KEYS];
    uint32_t done[LINEAR_THREADS];
};

struct linear_operation linear_nothing(void) {
    struct linear_operation nothing = {.called = 0};
    for (size_t key = 0; key < LINEAR_KEYS; key++)
        nothing.expects[key] = nothing.writes[key] = LINEAR_ANY;
    return nothing;
}

/* ---- Places that were tried: a hash table with linear probing ---- */

struct tried {
    struct place *places;
    bool *used;
    size_t count, room; /* a power of two */
};

static size_t hash_of(const struct place *place) {
    uint64_t hash = 0;
    for (size_t key = 0; key < LINEAR_KEYS; key++)
        hash = (hash ^ place->values[key]) * UINT64_C(0x9e3779b97f4a7c15) >> 1;
    for (size_t thread = 0; thread < LINEAR_THREADS; thread++)
        hash = (hash ^ place->done[thread]) * UINT64_C(0x9e3779b97f4a7c15);
    return (size_t)(hash ^ hash >> 32);
}

static size_t find(const struct tried *tried, const struct place *place) {
    size_t at = hash_of(place) & (tried->room - 1);
    while (tried->used[at] && memcmp(&tried->places[at], place, sizeof *place) != 0)
        at = (at + 1) & (tried->room - 1);
    return at;
}

static bool make_room(struct tried *tried) {
    struct tried larger = {.room = tried->room ? 2 * tried->room : 1024, .count = tried->count};
    larger.places = malloc(larger.room * sizeof *larger.places);
    larger.used = calloc(larger.room, sizeof *larger.used);
    if (!larger.places || !larger.used) {
        free(larger.places);
        free(larger.used);
        return false;
    }
    for (size_t i = 0; i < tried->room; i++) {
        if (!tried->used[i])
            continue;
        size_t at = find(&larger, &tried->places[i]);
        larger.places[at] = tried->places[i];
        larger.used[at] = true;
    }
    free(tried->places);
    free(tried->used);
    *tried = larger;
    return true;
}

/* *is_new: whether it was not tried before.  False when memory is out. */
static bool try_once(struct tried *tried, const struct place *place, bool *is_new) {
    if (2 * tried->count >= tried->room && !make_room(tried))
        return false;
    size_t at = find(tried, place);
    *is_new = !tried->used[at];
    if (*is_new) {
        tried->used[at] = true;
        tried->places[at] = *place;
        tried->count++;
    }
    return true;
}

/* ---- The search ---- */

static const struct linear_operation *next_of(const struct linear_history *history,
                                              const struct place *place, size_t thread) {
    uint32_t done = place->done[thread];
    return done < history->count[thread] ? &history->operations[thread][done] : NULL;
}

/* Whatever comes next was called before any that is still to come returned. */
static uint64_t first_return(const struct linear_history *history, const struct place *place) {
    uint64_t first = UINT64_MAX;
    for (size_t thread = 0; thread < history->threads; thread++) {
        const struct linear_operation *next = next_of(history, place, thread);
        if (next && next->returned < first)
            first = next->returned;
    }
    return first;
}

static bool fits(const struct linear_operation *operation, const struct place *place) {
    for (size_t key = 0; key < LINEAR_KEYS; key++) {
        uint64_t expected = operation->expects[key], value = place->values[key];
        if (expected == LINEAR_SOME ? value == LINEAR_ABSENT
                                    : expected != LINEAR_ANY && expected != value)
            return false;
    }
    return true;
}

static struct place after(const struct place *place, size_t thread,
                          const struct linear_operation *operation) {
    struct place next = *place;
    next.done[thread]++;
    for (size_t key = 0; key < LINEAR_KEYS; key++)
        if (operation->writes[key] != LINEAR_ANY)
            next.values[key] = operation->writes[key];
    return next;
}

/* A place on the way, and the thread that is to be tried there next. */
struct step {
    struct place place;
    size_t thread;
};

static enum linear_verdict search(const struct linear_history *history, struct step *way,
                                  size_t length, struct tried *tried) {
    size_t depth = 0;
    way[0] = (struct step){.thread = 0};
    while (depth < length) {
        struct step *at = &way[depth];
        if (at->thread == history->threads) {
            if (depth-- == 0)
                return NOT_LINEAR;
            continue;
        }
        size_t thread = at->thread++;
        const struct linear_operation *next = next_of(history, &at->place, thread);
        if (!next || next->called > first_return(history, &at->place) || !fits(next, &at->place))
            continue;
        bool is_new;
        way[depth + 1] = (struct step){.place = after(&at->place, thread, next)};
        if (!try_once(tried, &way[depth + 1].place, &is_new))
            return LINEAR_NO_MEMORY;
        if (is_new)
            depth++;
    }
    return LINEAR;
}

enum linear_verdict linear_check(const struct linear_history *history) {
    size_t length = 0;
    for (size_t thread = 0; thread < history->threads; thread++)
        length += history->count[thread];
    struct tried tried = {.room = 0};
    struct step *way = malloc((length + 1) * sizeof *way);
    enum linear_verdict verdict = way ? search(history, way, length, &tried) : LINEAR_NO_MEMORY;
    free(way);
    free(tried.places);
    free(tried.used);
    return verdict;
}
