/* capacity.h (steps) - how large does a bucket get, and in which steps?
 *
 * Parent: bucket.  Change: by three entries at a time instead of doubling.  A bucket has one free
 * place on average instead of a third of its room.
 * Cost: eight blocks from empty to full instead of six, and more copying. */
#ifndef CAPACITY_H
#define CAPACITY_H

enum { CAPACITY_MOST = 24, CAPACITY_STEP = 3 };

static inline unsigned capacity_for(unsigned count) {
    unsigned capacity = (count + CAPACITY_STEP - 1) / CAPACITY_STEP * CAPACITY_STEP;
    return capacity < CAPACITY_MOST ? capacity : CAPACITY_MOST;
}

#endif
