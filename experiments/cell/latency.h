/* latency.h - how long single operations take: each has the clock to itself.
 *
 * The clock, that of ticks.h, is read before and after each operation.  Where that is the
 * processor's counter it stands between fences: no operation begins before the one before it has
 * ended, though the processor would begin several whose answers nobody waits for.  Elsewhere
 * nothing promises such an order.  What two readings with nothing between them take is measured
 * too, and is in every latency.
 *
 * Latencies go into a histogram with 64 places between a power of two and the next, so that none is
 * told more than 1/64 too long (Tene's HdrHistogram has such places); the longest is kept as it is.
 */
#ifndef LATENCY_H
#define LATENCY_H

#include "trace.h"

enum { LATENCY_BITS = 6, LATENCY_STEPS = 1 << LATENCY_BITS, LATENCY_PLACES = 59 * LATENCY_STEPS };

/* In ticks of the clock. */
struct latencies {
    uint64_t count, longest;
    uint64_t places[LATENCY_PLACES];
};

/* The clock.  Takes ten milliseconds to find out. */
struct latency_clock {
    double tick_ns;
    uint64_t reading; /* ticks between two readings with nothing between them: the median */
    uint64_t step;    /* ticks by which it moves on: no latency is told more precisely */
};
struct latency_clock latency_clock(void);

void latency_add(struct latencies *latencies, uint64_t ticks);

/* Adds all that others have, those of another thread for example. */
void latency_join(struct latencies *latencies, const struct latencies *others);

/* What a share of all latencies, 0.5 for half of them, does not exceed.  There must be one. */
uint64_t latency_of_share(const struct latencies *latencies, double share);

/* Put and look up all keys of a trace, and add the latency of each.  Each gives the number of wrong
 * answers.  *checksum: the sum of the values found.  *no_memory is set where the map has none left.
 */
size_t put_each(struct hamt *map, const struct trace *trace, struct latencies *latencies,
                bool *no_memory);
size_t get_each(const struct hamt *map, const struct trace *trace, struct latencies *latencies,
                uint64_t *checksum);

#endif
