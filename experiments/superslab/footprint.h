/* footprint.h - what the kernel has counted of this process: areas, memory, time, page faults.
 *
 * Linux only.  Nothing here allocates, so that reading does not change what is read. */
#ifndef FOOTPRINT_H
#define FOOTPRINT_H

#include <stdbool.h>
#include <stdint.h>

struct footprint {
    uint64_t areas;    /* lines of /proc/self/maps */
    uint64_t rss;      /* bytes resident now, without those of files */
    uint64_t rss_most; /* bytes resident at most since the program started, with files */
};

/* False if /proc does not tell. */
bool footprint_read(struct footprint *footprint);

/* Of all threads, since the process began. */
struct usage {
    double user, system; /* seconds of processor time */
    uint64_t minor_faults;
};

struct usage usage_read(void);

/* later - earlier */
struct usage usage_between(const struct usage *earlier, const struct usage *later);

void usage_add(struct usage *sum, const struct usage *more);

#endif
