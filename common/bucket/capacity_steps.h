/* capacity_steps.h - a block as large as it must be, rounded up to a multiple of CAPACITY_STEP
 * bytes, with as many entries as it has room for. */
#ifndef CAPACITY_STEPS_H
#define CAPACITY_STEPS_H

/* Room for one more is asked for as often as it may be there, not until it is not: how many times
 * that is, nobody could guess. */
static inline unsigned capacity_for(unsigned count, unsigned width) {
    size_t bytes = (bucket_bytes(count, width) + CAPACITY_STEP - 1) / CAPACITY_STEP * CAPACITY_STEP;
    unsigned capacity = count;
    for (unsigned more = 1; more * width <= CAPACITY_STEP; more++)
        capacity += count + more <= CAPACITY_MOST && bucket_bytes(count + more, width) <= bytes;
    return capacity;
}

#endif
