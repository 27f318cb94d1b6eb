/* fanout.h (sixteen) - how many children may a node have?
 *
 * Parent: list.  Change: 16, so that a node that has to be copied for a version is small.
 * Cost: half as many levels again. */
#ifndef FANOUT_H
#define FANOUT_H

enum { CHUNK_BITS = 4, CHUNK_LEVELS = 15 };

#endif
