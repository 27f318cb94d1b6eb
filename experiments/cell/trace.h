/* trace.h - which keys an experiment uses, and in which order.
 *
 * Everything is made before the clock starts, from a seed, and is the same for every composition.
 * The keys of a trace lie in memory in the order in which they are used, so that reading them costs
 * every competitor the same, and next to nothing. */
#ifndef TRACE_H
#define TRACE_H

#include "hamt.h"
#include "keyfile.h"

enum pattern {
    PATTERN_SEQUENTIAL, /* 0, 1, 2, ...; used in this order */
    PATTERN_SHUFFLED,   /* the same numbers; put in one random order, looked up in another */
    PATTERN_RANDOM,     /* distinct random 64-bit numbers; looked up in another order than put */
    PATTERN_FILE,       /* the lines of a file, as they come: put and looked up in this order; or
                           shuffled, and looked up in another order than put */
    PATTERN_DIGESTS,    /* as shuffled, but the key is what a digest of the number might be: 40
                           hexadecimal digits of a string, its first 64 bits of a u64 */
    PATTERNS
};

extern const char *const pattern_names[PATTERNS];

/* What all traces of a process have in common. */
struct keys {
    enum pattern pattern;
    const struct keyfile *file; /* of PATTERN_FILE; it must outlive the traces */
    bool shuffle_file;          /* before any of its lines is taken */
    size_t scale;               /* entries that the map is filled with */
    uint64_t seed;
};

/* Which of the keys of a pattern. */
enum population {
    POPULATION_PRESENT, /* the first n: those the map is filled with */
    POPULATION_ABSENT,  /* others, that it does not hold */
};

/* Traces of one population with different orders.  ORDER_OF_CHANGE: in which keys that are there
 * are written to, neither as they were put nor as they are looked up. */
enum order { ORDER_OF_PUT, ORDER_OF_USE, ORDER_OF_CHANGE };

struct step {
    hamt_key key;
    uint64_t value; /* belongs to the key: the same in every trace of the seed */
};

struct trace {
    size_t count;
    struct step *steps;
    char *room; /* bytes of string keys */
    size_t room_bytes;
};

/* `count` keys.  A file has at least as many lines as the population needs.  False when memory is
 * out.  `trace` is to be given to trace_free. */
bool trace_make(struct trace *trace, const struct keys *keys, enum population population,
                enum order order, size_t count);

/* `count` steps of another trace, by their index.  What they have of it is copied.  The rest is as
 * above. */
bool trace_pick(struct trace *trace, const struct trace *from, const uint32_t *which, size_t count);

void trace_free(struct trace *trace);

#endif
