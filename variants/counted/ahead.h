/* ahead.h (counted) - what is fetched ahead of its use on the way down?
 *
 * Parent: list.  Change: nothing is fetched, but every node that a walk comes to is counted, as a
 * build with diagnostics does.  Cost: a load, an addition and a store a node, all to one word that
 * stays in the first cache; that is what is to be measured. */
#ifndef AHEAD_H
#define AHEAD_H

static volatile uint64_t nodes_visited; /* volatile: each visit is counted when it happens */

HOT void ahead(ref child) {
    (void)child;
    nodes_visited++;
}

#endif
