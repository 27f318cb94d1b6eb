/* capacity.h (small) - how large does a bucket get, and in which steps?
 *
 * Parent: finest.  Change: it has eight entries at most.  A version of the map, which copies a
 * bucket as a whole (own.h), takes less.
 * Cost: three times as many buckets, and one or two more forks above each where a root does not
 * keep up. */
#ifndef CAPACITY_H
#define CAPACITY_H

enum { CAPACITY_MOST = 8, CAPACITY_STEP = 16 /* bytes */ };

#include "capacity_steps.h"

#endif
