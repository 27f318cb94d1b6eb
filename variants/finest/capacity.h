/* capacity.h (finest) - how large does a bucket get, and in which steps?
 *
 * Parent: roomy.  Change: its block grows by 16 bytes, an entry, the least that blocks in a region
 * differ by.  Next to nothing is empty in a bucket.
 * Cost: nearly every put copies its bucket to a larger block. */
#ifndef CAPACITY_H
#define CAPACITY_H

enum { CAPACITY_MOST = 28, CAPACITY_STEP = 16 /* bytes */ };

#include "capacity_steps.h"

#endif
