/* clock.c - see clock.h. */
#define _DEFAULT_SOURCE 1
#include "clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

double clock_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

struct clock_text clock_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    struct tm utc;
    gmtime_r(&now.tv_sec, &utc);
    struct clock_text result;
    size_t length = strftime(result.text, sizeof result.text, "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf(result.text + length, sizeof result.text - length, ".%03dZ",
             (int)(now.tv_nsec / 1000000));
    return result;
}
