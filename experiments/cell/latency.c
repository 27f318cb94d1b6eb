/* latency.c - see latency.h. */
#include "latency.h"
#include "ticks.h"

/* ---- The clock ---- */

static uint64_t common_divisor(uint64_t a, uint64_t b) {
    while (b > 0) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

struct latency_clock latency_clock(void) {
    enum { READINGS = 1001, SPAN_NS = 10 * 1000 * 1000 };
    static struct latencies empty;
    bool constant = ticks_constant();
    uint64_t begin_ns = timer_ns(), begin = ticks_now(constant), end_ns, step = 0;
    for (int i = 0; i < READINGS; i++) {
        uint64_t before = ticks_now(constant);
        uint64_t ticks = ticks_now(constant) - before;
        latency_add(&empty, ticks);
        step = common_divisor(step, ticks);
    }
    do
        end_ns = timer_ns();
    while (end_ns - begin_ns < SPAN_NS);
    uint64_t ticks = ticks_now(constant) - begin;
    return (struct latency_clock){.tick_ns = (double)(end_ns - begin_ns) / (double)ticks,
                                  .reading = latency_of_share(&empty, 0.5),
                                  .step = step};
}

/* ---- The histogram: up to 2 * LATENCY_STEPS a place for each number of ticks ---- */

static size_t place_of(uint64_t ticks) {
    if (ticks < 2 * LATENCY_STEPS)
        return (size_t)ticks;
    unsigned shift = 63 - (unsigned)__builtin_clzll(ticks) - LATENCY_BITS;
    return (size_t)(shift * LATENCY_STEPS + (ticks >> shift));
}

/* The most ticks that fall into a place. */
static uint64_t most_in(size_t place) {
    if (place < 2 * LATENCY_STEPS)
        return place;
    size_t shift = place / LATENCY_STEPS - 1;
    return ((uint64_t)(place % LATENCY_STEPS + LATENCY_STEPS + 1) << shift) - 1;
}

void latency_add(struct latencies *latencies, uint64_t ticks) {
    latencies->places[place_of(ticks)]++;
    latencies->count++;
    if (ticks > latencies->longest)
        latencies->longest = ticks;
}

void latency_join(struct latencies *latencies, const struct latencies *others) {
    for (size_t place = 0; place < LATENCY_PLACES; place++)
        latencies->places[place] += others->places[place];
    latencies->count += others->count;
    if (others->longest > latencies->longest)
        latencies->longest = others->longest;
}

uint64_t latency_of_share(const struct latencies *latencies, double share) {
    double wanted = share * (double)latencies->count;
    uint64_t sum = latencies->places[0];
    size_t place = 0;
    while ((double)sum < wanted && place < LATENCY_PLACES - 1)
        sum += latencies->places[++place];
    uint64_t most = most_in(place);
    return most < latencies->longest ? most : latencies->longest;
}

/* ---- The loops ---- */

size_t put_each(struct hamt *map, const struct trace *trace, struct latencies *latencies,
                bool *no_memory) {
    bool constant = ticks_constant();
    size_t wrong = 0;
    for (const struct step *step = trace->steps; step < trace->steps + trace->count; step++) {
        uint64_t before = ticks_now(constant);
        enum hamt_put_result result = hamt_put(map, step->key, step->value);
        latency_add(latencies, ticks_now(constant) - before);
        if (result == HAMT_NO_MEMORY) {
            *no_memory = true;
            return wrong;
        }
        wrong += result != HAMT_NEW;
    }
    return wrong;
}

size_t get_each(const struct hamt *map, const struct trace *trace, struct latencies *latencies,
                uint64_t *checksum) {
    bool constant = ticks_constant();
    size_t wrong = 0;
    uint64_t sum = 0;
    for (const struct step *step = trace->steps; step < trace->steps + trace->count; step++) {
        uint64_t value = 0, before = ticks_now(constant);
        bool there = hamt_get(map, step->key, &value);
        latency_add(latencies, ticks_now(constant) - before);
        wrong += !there | (value != step->value);
        sum += value;
    }
    *checksum = sum;
    return wrong;
}
