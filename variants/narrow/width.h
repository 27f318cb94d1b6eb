/* width.h (narrow) - how many bits of the hash are read at each level?
 *
 * Parent: boxed.  Change: five, so that two bitmaps are one word.  Together with the pointer to the
 * node, as in fat slots, they are no larger than an entry of two words.
 * Cost: a fifth more levels. */
#ifndef WIDTH_H
#define WIDTH_H

enum { CHUNK_BITS = 5, CHUNK_LEVELS = 12 };

typedef uint32_t chunk_set;

#endif
