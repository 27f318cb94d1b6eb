/* core.h - keeping processes on one core of the machine.
 *
 * A process that the system moves to another core leaves its caches behind.  Linux lets a process
 * choose its cores; where a system does not, the list of them is empty. */
#ifndef CORE_H
#define CORE_H

#include "words.h"

/* Any core that this process may use. */
enum { CORE_ANY = -1 };

/* Appends the numbers of the cores that this process may use, in their order. */
void core_list(struct words *numbers);

/* From now on this process and its children stay on that core; CORE_ANY changes nothing.  False,
 * with errno set, if it may not. */
bool core_keep(int core);

#endif
