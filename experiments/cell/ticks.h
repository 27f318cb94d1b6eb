/* ticks.h - the clock of single operations: the processor's counter of time where it runs at a
 * constant rate (about ten nanoseconds a reading), else clock_gettime. */
#ifndef TICKS_H
#define TICKS_H

#include "timer.h"

#include <stdbool.h>

#if defined(__x86_64__)
#include <cpuid.h>
#include <x86intrin.h>

/* Whether there is such a counter (AMD64 Architecture Programmer's Manual, Fn8000_0007_EDX, bit 8;
 * Intel says the same). */
static inline bool ticks_constant(void) {
    unsigned a, b, c, d = 0;
    return __get_cpuid(0x80000007, &a, &b, &c, &d) && (d >> 8 & 1);
}

/* The fences keep the counter from being read before what comes earlier in the program has ended,
 * and what comes later from beginning before it has been read. */
static inline uint64_t ticks_counter(void) {
    _mm_lfence();
    uint64_t ticks = __rdtsc();
    _mm_lfence();
    return ticks;
}

#else

static inline bool ticks_constant(void) {
    return false;
}

static inline uint64_t ticks_counter(void) {
    return timer_ns();
}

#endif

/* constant: what ticks_constant says, which takes too long to be asked each time. */
static inline uint64_t ticks_now(bool constant) {
    return constant ? ticks_counter() : timer_ns();
}

#endif
