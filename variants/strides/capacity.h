/* capacity.h (strides) - how large does a bucket get, and in which steps?
 *
 * Parent: roomy.  Change: its block grows by 96 bytes, six entries of integers.  A bucket that has
 * just parted is copied to a larger block twice or three times before it parts again, not five
 * times.
 * Waste: two and a half free places in a bucket on average, where it had one. */
#ifndef CAPACITY_H
#define CAPACITY_H

enum { CAPACITY_MOST = 28, CAPACITY_STEP = 96 /* bytes */ };

#include "capacity_steps.h"

#endif
