/* workload.h - the operations that are measured, and the measuring of one sample.
 *
 * A sample is one repetition of an operation on a whole map, or as many as it takes for the clock
 * to have run 1 ms.  Only the operation itself is under the clock: filling a map that is to be
 * looked up is not.  Every answer is checked, inside the clock, at the cost of a comparison with a
 * value that lies beside the key.  That the map holds what it must is checked besides, all of it:
 * after each sample of an operation that changes it, and at the end of the process for one that
 * only asks, whose samples have checked every answer already.
 *
 * Operations that leave the map full use one map again and again.  For those that change it, every
 * repetition has a map of its own in a process whose malloc has served nothing else: see
 * workload.c. */
#ifndef WORKLOAD_H
#define WORKLOAD_H

#include "inside.h"
#include "latency.h"
#include "mix.h"

enum operation {
    OP_PUT,          /* fill an empty map with n keys */
    OP_GET,          /* look up all n */
    OP_GET_IN_ORDER, /* look up all n in the order in which they were put */
    OP_GET_CHAINED,  /* look up all n, each only when the one before has been answered */
    OP_MISS,         /* look up n that are not there */
    OP_UPDATE,       /* put another value for each of the n */
    OP_REMOVE,       /* remove all n, until the map is empty */
    OP_CHURN,        /* remove one and put one that is not there, n times, until none is left of
                        those that were there; one operation is both */
    OP_ITERATE,      /* visit all n */
    OP_INSERT10,     /* add n/10 new keys to a map of n */
    OP_PUT_MANY,     /* fill an empty map, 32 keys at once */
    OP_PUT_BATCHED,  /* the same batches, but each key is put by a call of its own */
    OP_GET_MANY,     /* look up all n, 32 at once */
    OP_GET_BATCHED,  /* the same batches, but each key is looked up by a call of its own */
    OP_MIX,          /* n look-ups and updates, 19 to 1, of keys that come by Zipf's law (mix.h) */
    OP_PUT_EACH,     /* fill an empty map, every put on the clock by itself (latency.h) */
    OP_GET_EACH,     /* look up all n, every get on the clock by itself */
    OPERATIONS
};

extern const char *const operation_names[OPERATIONS];

enum outcome {
    OUTCOME_OK,
    OUTCOME_WRONG,     /* the map gave a wrong answer */
    OUTCOME_NO_MEMORY, /* there was not enough memory to go on */
    OUTCOME_NO_ANSWER, /* the child that was to measure has ended without an answer */
};

/* One operation on one trace.  Its memory lives as long as the process: giving back a map takes as
 * long as some samples do, and nobody needs it. */
struct workload {
    enum operation operation;
    struct hamt_config config;
    struct trace fill;   /* what the map is filled with */
    struct trace use;    /* what is done under the clock, unless it is `fill` or none */
    struct trace come;   /* OP_CHURN: what is put in place of the keys of `use` */
    struct mix mix;      /* OP_MIX */
    struct hamt *map;    /* the present one */
    uint64_t generation; /* added to the values, which OP_UPDATE changes */
    uint64_t checksum;   /* the sum of the values that the map was filled with, as it gave them */
    bool sized; /* the two that follow are known: of the first map, which all others are like */
    struct hamt_stats full; /* a map when it was full; OP_CHURN: after all keys were replaced */
    double rss_per_entry;   /* memory it made resident by then, bytes per entry; negative: unknown.
                               What malloc had made resident before there was a map is not in it */
    double large_per_entry; /* how much of that lies in large pages */
    double allocated_per_entry; /* what malloc had given out for it by then, and what the map had
                                   from the system without malloc; likewise */
    double peak_rss_bytes;      /* the most that a process which held such maps had resident */
    struct latencies latencies; /* of the present sample's operations, if each is on the clock */
    struct latency_clock clock;
};

struct sample {
    double ns_per_op;
    uint64_t ops; /* in one repetition */
    uint64_t repeats;
};

/* True for operations that are on the clock one by one. */
bool workload_has_latencies(enum operation operation);

/* Makes the traces and runs one repetition off the record, which warms caches and allocator. */
enum outcome workload_begin(struct workload *workload, enum operation operation,
                            const struct keys *keys, const struct hamt_config *config);

enum outcome workload_sample(struct workload *workload, struct sample *sample);

/* One repetition off the record, after others have run meanwhile. */
enum outcome workload_warm(struct workload *workload);

/* Checks, after the last sample, that the map holds what it must. */
enum outcome workload_check(const struct workload *workload);

#endif
