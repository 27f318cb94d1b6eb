/* guard.h - what the debug build (-DSUPERSLAB_DEBUG) checks: that a block given back is one of
 * ours, begins where a block begins, and is in use.  A bit for each block of a slab says whether
 * its user has it; the bitmap in slab.h does not, since blocks in a magazine are not in it.
 *
 * A violation is one line on standard error, and abort. */
#ifndef SUPERSLAB_GUARD_H
#define SUPERSLAB_GUARD_H

#include "area.h"

#ifdef SUPERSLAB_DEBUG
enum { GUARD = 1 };
#else
enum { GUARD = 0 };
#endif

struct guard_bits {
    atomic_uint_fast64_t words[GUARD ? SLAB_BYTES / BLOCK_ALIGNMENT / 64 : 1];
};

/* The block is handed to its user now.  Returns it. */
void *guard_hand_out(void *block);

/* The function was called with this block: it must be in use.  free: and is so no more. */
void guard_check(const char *function, const void *block, bool free);

#ifndef SUPERSLAB_DEBUG
#define guard_hand_out(block)              (block)
#define guard_check(function, block, free) ((void)0)
#endif

#endif
