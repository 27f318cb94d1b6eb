/* ahead.h (prefetch) - what is fetched ahead of its use on the way down?
 *
 * Parent: list.  Change: the first two cache lines of the node, one of which may hold the array
 * that was allocated right after it.
 * Doubt: the walk needs the first of them in its next few instructions anyway, and there is nothing
 * else to do meanwhile: a chain of dependent loads has no "ahead".  Only the second line can gain.
 */
#ifndef AHEAD_H
#define AHEAD_H

enum { AHEAD_LINE = 64 }; /* bytes in a cache line; on some arm64 machines two of these are one */

HOT void ahead(ref child) {
    const char *node = (const char *)child.word; /* where it is, to a few bytes: enough here */
    __builtin_prefetch(node);
    __builtin_prefetch(node + AHEAD_LINE);
    /* Else gcc finds that `outline`'s calls of this have no effect, and drops them. */
    __asm__ volatile("");
}

#endif
