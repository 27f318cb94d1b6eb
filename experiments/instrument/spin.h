/* spin.h - how long the delayed core (delayed.c) spins in every 256th get and in every 256th put.
 */
#ifndef SPIN_H
#define SPIN_H

#include <stdint.h>

enum { CALLS_PER_SPIN = 256 };

/* So many steps from now on; 0, as at the beginning, is no delay. */
void spin_set(uint64_t steps);

#endif
