/* replicate.h - what one process of a cell gave: its samples, or what went wrong. */
#ifndef REPLICATE_H
#define REPLICATE_H

#include "fault.h"
#include "plan.h"

enum replicate_status {
    REPLICATE_OK,
    REPLICATE_WRONG,     /* an answer of the map was wrong, or differs from the other variants' */
    REPLICATE_CRASH,     /* killed by a signal, or an exit status that means nothing else here */
    REPLICATE_TIMEOUT,   /* killed because it took too long */
    REPLICATE_NO_MEMORY, /* it said that memory ran out */
    REPLICATE_MALFORMED, /* its output is not what a cell prints */
    REPLICATE_SKIPPED,   /* never started: it would not fit, or the cell has failed before */
    REPLICATE_STATUS_COUNT
};

/* "ok", "wrong", ...: as stored. */
const char *replicate_status_name(enum replicate_status status);

/* The status of that name; REPLICATE_STATUS_COUNT if there is none. */
enum replicate_status replicate_status_find(const char *name);

/* True for everything but ok and skipped. */
bool replicate_failed(enum replicate_status status);

struct sample {
    double ns_per_op;
    int64_t ops, repeats;
};

/* Something that a process reports beside times. */
struct value {
    char *name;
    double number;
};

/* Owns its strings, samples and values.  What was not learned is NULL or NAN, and -1 for whole
 * numbers. */
struct replicate {
    enum replicate_status status;
    char *detail;     /* what went wrong, one line; NULL when ok */
    char started[32]; /* ISO 8601, UTC */
    double seconds;   /* wall time that it took, without the turns of others */
    struct sample *samples;
    size_t sample_count;  /* 0 unless ok, or where the cell reports values alone */
    struct value *values; /* those of the last sample */
    size_t value_count;
    char *checksum;  /* "0x0123456789abcdef" */
    char *allocator; /* the one that served it, as it says */
    char *tree;      /* statistics of the map, JSON */
    int64_t hash_seed, peak_rss_bytes;
    double bytes_per_entry, rss_per_entry;
};

/* A replicate of that status with nothing learned.  Takes `detail` over. */
struct replicate replicate_without(enum replicate_status status, char *detail);

/* Reads the lines that a cell has printed (cell.c tells of them) into `replicate`, and checks that
 * they speak of the cell that was asked for, come from the program that was built for it, and are
 * as many as samples were. After a fault samples may be there: the replicate is to be freed in any
 * case. identity: what the program has said of itself, a JSON object. */
bool replicate_read(struct replicate *replicate, const char *lines, const struct plan *plan,
                    size_t cell, uint64_t trace_seed, const char *identity, struct fault *fault);

void replicate_free(struct replicate *replicate);

#endif
