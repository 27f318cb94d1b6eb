/* capacity.h (steps) - how large does a bucket get, and in which steps?
 *
 * Parent: bucket.  Change: its block grows by 48 bytes, three entries of integers, instead of
 * doubling.  A bucket has one free place on average instead of a third of its room; and since all
 * blocks are multiples of one size, one that is free can serve as several smaller ones.
 * Cost: eight blocks from empty to full instead of six, and more copying. */
#ifndef CAPACITY_H
#define CAPACITY_H

enum { CAPACITY_MOST = 24, CAPACITY_STEP = 48 /* bytes */ };

#include "capacity_steps.h"

#endif
