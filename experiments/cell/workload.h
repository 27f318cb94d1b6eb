/* workload.h - the operations that are measured, and the measuring of one sample.
 *
 * A sample is one repetition of an operation on a whole map, or as many as it takes for the clock
 * to have run 1 ms.  Only the operation itself is under the clock: filling a map that is to be
 * looked up, or destroying one, is not.  Every answer is checked, inside the clock, at the cost of
 * a comparison with a value that lies beside the key; and after the clock has stopped, that the map
 * holds what it must.
 *
 * Operations that leave the map full use one map again and again.  For those that change it, every
 * repetition has a map of its own in a process whose malloc has served nothing else: see
 * workload.c. */
#ifndef WORKLOAD_H
#define WORKLOAD_H

#include "inside.h"
#include "trace.h"

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
    OPERATIONS
};

extern const char *const operation_names[OPERATIONS];

enum outcome {
    OUTCOME_OK,
    OUTCOME_WRONG,     /* the map gave a wrong answer */
    OUTCOME_NO_MEMORY, /* there was not enough memory to go on */
    OUTCOME_NO_ANSWER, /* the child that was to measure has ended without an answer */
};

/* One operation on one trace.  The traces' memory belongs to it. */
struct workload {
    enum operation operation;
    struct hamt_config config;
    struct trace fill;   /* what the map is filled with */
    struct trace use;    /* what is done under the clock, unless it is `fill` or none */
    struct trace come;   /* OP_CHURN: what is put in place of the keys of `use` */
    struct hamt *map;    /* the present one */
    uint64_t generation; /* added to the values, which OP_UPDATE changes */
    uint64_t checksum;   /* the sum of the values that the map was filled with, as it gave them */
    struct hamt_stats full; /* a map when it was full; OP_CHURN: after all keys were replaced */
    double rss_per_entry;   /* memory it made resident by then, bytes per entry; negative: unknown.
                               What malloc had made resident before there was a map is not in it */
    double allocated_per_entry; /* what malloc had given out for it by then; likewise */
    double peak_rss_bytes;      /* the most that a process which held such maps had resident */
};

struct sample {
    double ns_per_op;
    uint64_t ops; /* in one repetition */
    uint64_t repeats;
};

/* Makes the traces and runs one repetition off the record, which warms caches and allocator. */
enum outcome workload_begin(struct workload *workload, enum operation operation,
                            const struct keys *keys, const struct hamt_config *config);

enum outcome workload_sample(struct workload *workload, struct sample *sample);

void workload_end(struct workload *workload);

#endif
