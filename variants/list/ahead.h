/* ahead.h (list) - what is fetched ahead of its use on the way down?
 *
 * Contract: ahead(child) is called as soon as a walk has read the slot that leads to `child`,
 * before anything of the node behind it is needed.  `child` may be REF_NONE.  No effect but on
 * caches.
 *
 * Here nothing is: the processor finds out for itself. */
#ifndef AHEAD_H
#define AHEAD_H

HOT void ahead(ref child) {
    (void)child;
}

#endif
