/* capacity.h (steps) - how large does a bucket get, and in which steps?
 *
 * Parent: bucket.  Change: its block grows by 48 bytes, three entries of integers, instead of
 * doubling.  A bucket has one free place on average instead of a third of its room; and since all
 * blocks are multiples of one size, one that is free can serve as several smaller ones.
 * Cost: eight blocks from empty to full instead of six, and more copying. */
#ifndef CAPACITY_H
#define CAPACITY_H

enum { CAPACITY_MOST = 28, CAPACITY_STEP = 32 /* bytes */ };

static inline unsigned capacity_for(unsigned count, size_t head, unsigned width) {
    size_t bytes =
        (head + (size_t)count * width + CAPACITY_STEP - 1) / CAPACITY_STEP * CAPACITY_STEP;
    size_t capacity = (bytes - head) / width;
    return capacity < CAPACITY_MOST ? (unsigned)capacity : CAPACITY_MOST;
}

#endif
