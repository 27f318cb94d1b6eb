/* zipf.c - see zipf.h. */
#include "zipf.h"
#include "splitmix.h"

#include <math.h>

/* The curve, x^-s; the area below it, up to a constant; and where that area is reached. */
static double curve(const struct zipf *zipf, double x) {
    return exp(-zipf->exponent * log(x));
}

static double area(const struct zipf *zipf, double x) {
    double power = 1 - zipf->exponent;
    return expm1(power * log(x)) / power;
}

static double reaches(const struct zipf *zipf, double sum) {
    double power = 1 - zipf->exponent;
    return exp(log1p(power * sum) / power);
}

struct zipf zipf_of(uint64_t n, double exponent) {
    struct zipf zipf = {.n = (double)n, .exponent = exponent};
    zipf.low = area(&zipf, 1.5) - 1;
    zipf.high = area(&zipf, zipf.n + 0.5);
    zipf.accepted = 2 - reaches(&zipf, area(&zipf, 2.5) - curve(&zipf, 2));
    return zipf;
}

uint64_t zipf_next(const struct zipf *zipf, uint64_t *state) {
    for (;;) {
        double uniform = (double)(splitmix_next(state) >> 11) * 0x1p-53;
        double drawn = zipf->high + uniform * (zipf->low - zipf->high);
        double x = reaches(zipf, drawn), k = fmin(fmax(floor(x + 0.5), 1), zipf->n);
        if (k - x <= zipf->accepted || drawn >= area(zipf, k + 0.5) - curve(zipf, k))
            return (uint64_t)k;
    }
}
