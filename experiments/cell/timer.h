/* timer.h - the clock under which operations run: monotonic, and not slewed where that is to be
 * had. */
#ifndef TIMER_H
#define TIMER_H

#include <stdint.h>
#include <time.h>

static inline uint64_t timer_ns(void) {
    struct timespec now;
#ifdef CLOCK_MONOTONIC_RAW
    clock_gettime(CLOCK_MONOTONIC_RAW, &now);
#else
    clock_gettime(CLOCK_MONOTONIC, &now);
#endif
    return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

#endif
