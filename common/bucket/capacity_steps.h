/* capacity_steps.h - a block as large as it must be, rounded up to a multiple of CAPACITY_STEP
 * bytes, with as many entries as it has room for. */
#ifndef CAPACITY_STEPS_H
#define CAPACITY_STEPS_H

static inline unsigned capacity_for(unsigned count, unsigned width) {
    size_t bytes = bucket_bytes(count, width) + CAPACITY_STEP - 1;
    while (count < CAPACITY_MOST &&
           bucket_bytes(count + 1, width) <= bytes / CAPACITY_STEP * CAPACITY_STEP)
        count++;
    return count;
}

#endif
