/* pass.h - how long a cache line takes from one core to another: what threads that write to the
 * same word cannot do without.  It tells where the system, or the hypervisor, has put the cores:
 * some tens of nanoseconds below one last-level cache, several times that between sockets, and next
 * to nothing for siblings of one physical core. */
#ifndef PASS_H
#define PASS_H

#include "crew.h"

/* *ns: of a word that goes round through all threads of a crew, the time from each to the next; the
 * least of several tries, of 200 rounds each.  At least 2 threads.  A try
 * is given up where they are not at work at once, because others have the cores; 0 if all are. */
enum crew_end pass_measure(size_t threads, double *ns);

#endif
