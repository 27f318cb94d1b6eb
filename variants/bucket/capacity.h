/* capacity.h (bucket) - how large does a bucket get, and in which steps?
 *
 * Contract: CAPACITY_MOST is how many entries a bucket has at most, 31 or fewer; one more, and it
 * parts.  capacity_for is how many a block has room for that is made for `count` entries, 1 to
 * CAPACITY_MOST, with records of `width` bytes: at least `count`, at most CAPACITY_MOST, and never
 * less for more.  bucket_bytes (buckets.h) says how large a block is.
 *
 * Here room doubles, up to 24. */
#ifndef CAPACITY_H
#define CAPACITY_H

enum { CAPACITY_MOST = 24 };

static inline unsigned capacity_for(unsigned count, unsigned width) {
    (void)width;
    unsigned capacity = 1;
    while (capacity < count)
        capacity *= 2;
    return capacity < CAPACITY_MOST ? capacity : CAPACITY_MOST;
}

#endif
