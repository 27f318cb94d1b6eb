/* capacity_steps.h - a block as large as it must be, rounded up to a multiple of CAPACITY_STEP
 * bytes, with as many entries as it has room for. */
#ifndef CAPACITY_STEPS_H
#define CAPACITY_STEPS_H

static inline unsigned capacity_for(unsigned count, size_t head, unsigned width) {
    size_t bytes =
        (head + (size_t)count * width + CAPACITY_STEP - 1) / CAPACITY_STEP * CAPACITY_STEP;
    size_t capacity = (bytes - head) / width;
    return capacity < CAPACITY_MOST ? (unsigned)capacity : CAPACITY_MOST;
}

#endif
