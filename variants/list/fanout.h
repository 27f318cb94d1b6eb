/* fanout.h (list) - how many children may a node have?
 *
 * Contract: CHUNK_BITS are read of the hash at each level, so that a node has up to 2^CHUNK_BITS
 * children; there are CHUNK_LEVELS levels, 15 at most, and together they read 60 bits.
 *
 * Here 64 children: few levels. */
#ifndef FANOUT_H
#define FANOUT_H

enum { CHUNK_BITS = 6, CHUNK_LEVELS = 10 };

#endif
