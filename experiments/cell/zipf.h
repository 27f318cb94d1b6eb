/* zipf.h - numbers from 1 to n of which k comes with probability 1/k^s, but for a factor: Zipf's
 * law.
 *
 * By rejection-inversion (Hoermann and Derflinger, "Rejection-inversion to generate variates from
 * monotone discrete distributions", ACM TOMACS 1996): exact, without a table, in fewer than two
 * tries for a number on average.  YCSB's generator (Gray et al., SIGMOD 1994), which is quicker
 * to explain, is exact for the two most frequent numbers alone. */
#ifndef ZIPF_H
#define ZIPF_H

#include <stdint.h>

struct zipf {
    double n, exponent;
    double low, high; /* of the area below the curve that is drawn from */
    double accepted;  /* what rounds down by no more than that needs no second look */
};

/* n >= 1, 0 < exponent, exponent != 1. */
struct zipf zipf_of(uint64_t n, double exponent);

/* The next number, from 1 to n, by numbers of SplitMix64 (splitmix.h). */
uint64_t zipf_next(const struct zipf *zipf, uint64_t *state);

#endif
