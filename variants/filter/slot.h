/* slot.h (filter) - what does a slot of the root know beside the block that it leads to?
 *
 * Parent: sieve.  Change: three sieves, so that a slot has the size of four links.  With 17 entries
 * to a bucket each lets 41 % of the searches for missing keys pass, all three 7 %: few enough that
 * the processor guesses right, mostly, that such a search ends in the slot.
 * Cost: four times the memory for slots, a quarter as many to a cache line. */
#ifndef SLOT_H
#define SLOT_H

enum { SLOT_SIEVES = 3 };

#include "sieves.h"

#endif
