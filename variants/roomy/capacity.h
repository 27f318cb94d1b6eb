/* capacity.h (roomy) - how large does a bucket get, and in which steps?
 *
 * Parent: steps.  Change: up to 28 entries.  Their tags and the four bytes that a bucket's head has
 * beside them fill 32 bytes, where 24 tags leave four bytes empty; and there is one head, and one
 * slot that leads to it, for more entries.
 * Cost: entries that lie further from the head, and more of them to hand over when a bucket parts.
 */
#ifndef CAPACITY_H
#define CAPACITY_H

enum { CAPACITY_MOST = 28, CAPACITY_STEP = 48 /* bytes */ };

#include "capacity_steps.h"

#endif
