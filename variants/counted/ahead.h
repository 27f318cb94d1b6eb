/* ahead.h (counted) - what is fetched ahead of its use on the way down?
 *
 * Parent: list.  Change: nothing is fetched, but every node that a walk comes to is counted, as a
 * build with diagnostics does.  Each thread has a count of its own, since several may read a map at
 * once.
 * Cost: a load, an addition and a store a node, all to one word that stays in the first cache; that
 * is what is to be measured. */
#ifndef AHEAD_H
#define AHEAD_H

/* volatile: each visit is counted when it happens */
static _Thread_local volatile uint64_t nodes_visited;

HOT void ahead(ref child) {
    (void)child;
    nodes_visited++;
}

#endif
