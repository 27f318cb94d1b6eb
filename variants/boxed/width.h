/* width.h (boxed) - how many bits of the hash are read at each level?
 *
 * Contract: CHUNK_BITS of them, so that a node has up to 2^CHUNK_BITS entries and children; there
 * are CHUNK_LEVELS levels, and together they read 60 bits.  A chunk_set has a bit for each chunk.
 *
 * Here six: few levels. */
#ifndef WIDTH_H
#define WIDTH_H

enum { CHUNK_BITS = 6, CHUNK_LEVELS = 10 };

typedef uint64_t chunk_set;

#endif
