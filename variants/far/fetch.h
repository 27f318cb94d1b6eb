/* fetch.h (far) - what is fetched ahead of its use?
 *
 * Parent: lines.  Change: in a map of half a million entries and more, all lines that a bucket of
 * 28 integers may have.  There a line comes from memory, and one that is not asked for with the
 * first is waited for a second time; in a smaller map it comes from a cache, and four lines that
 * nobody looks at cost more than they save.
 * Cost: up to seven lines that nobody looks at. */
#ifndef FETCH_H
#define FETCH_H

#include "fetch_always.h"
#include "fetch_in_turn.h"

#endif
