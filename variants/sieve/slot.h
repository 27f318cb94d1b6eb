/* slot.h (sieve) - what does a slot of the root know beside the block that it leads to?
 *
 * Parent: bucket.  Change: a sieve (common/bucket/sieves.h): which last bits of hashes there are. A
 * search for a key that is not there mostly ends in the slot, and waits for no line of a bucket.
 * With 17 entries to a bucket, 41 % of such searches pass 32 bits.
 * Cost: twice the memory for slots, half as many to a cache line, and one more test in a search
 * that finds its key. */
#ifndef SLOT_H
#define SLOT_H

enum { SLOT_SIEVES = 1 };

#include "sieves.h"

#endif
