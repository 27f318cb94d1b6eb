/* latency.c - see latency.h. */
#include "latency.h"
#include "timer.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <x86intrin.h>
#endif

/* ---- The clock ---- */

#if defined(__x86_64__)

/* Whether the time-stamp counter runs at a constant rate (AMD64 Architecture Programmer's Manual,
 * Fn8000_0007_EDX, bit 8; Intel says the same). */
static bool is_constant(void) {
    unsigned a, b, c, d = 0;
    return __get_cpuid(0x80000007, &a, &b, &c, &d) && (d >> 8 & 1);
}

/* The fences keep the counter from being read before what comes earlier in the program has ended,
 * and what comes later from beginning before it has been read. */
static inline uint64_t counter(void) {
    _mm_lfence();
    uint64_t ticks = __rdtsc();
    _mm_lfence();
    return ticks;
}

#else

static bool is_constant(void) {
    return false;
}

static inline uint64_t counter(void) {
    return timer_ns();
}

#endif

static inline uint64_t read_clock(bool constant) {
    return constant ? counter() : timer_ns();
}

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
    bool constant = is_constant();
    uint64_t begin_ns = timer_ns(), begin = read_clock(constant), end_ns, step = 0;
    for (int i = 0; i < READINGS; i++) {
        uint64_t before = read_clock(constant);
        uint64_t ticks = read_clock(constant) - before;
        latency_add(&empty, ticks);
        step = common_divisor(step, ticks);
    }
    do
        end_ns = timer_ns();
    while (end_ns - begin_ns < SPAN_NS);
    uint64_t ticks = read_clock(constant) - begin;
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
    bool constant = is_constant();
    size_t wrong = 0;
    for (const struct step *step = trace->steps; step < trace->steps + trace->count; step++) {
        uint64_t before = read_clock(constant);
        enum hamt_put_result result = hamt_put(map, step->key, step->value);
        latency_add(latencies, read_clock(constant) - before);
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
    bool constant = is_constant();
    size_t wrong = 0;
    uint64_t sum = 0;
    for (const struct step *step = trace->steps; step < trace->steps + trace->count; step++) {
        uint64_t value = 0, before = read_clock(constant);
        bool there = hamt_get(map, step->key, &value);
        latency_add(latencies, read_clock(constant) - before);
        wrong += !there | (value != step->value);
        sum += value;
    }
    *checksum = sum;
    return wrong;
}
