/* cores.h - which core each thread of a crew has to itself.
 *
 * Where a physical core appears as several (simultaneous multithreading), siblings share its caches
 * and units, and two threads on them would be measured for that.  So threads are given different
 * physical cores first, and siblings only when there are none left.  Where the system does not tell
 * who is whose sibling, every core counts as physical; where a thread cannot choose its core
 * (macOS), it stays wherever it is put. */
#ifndef CORES_H
#define CORES_H

#include <stddef.h>

/* How many cores this process may use, siblings included.  To be asked before cores_stay. */
size_t cores_count(void);

/* The thread that calls stays on the core that comes at this place, from 0; there must be as many.
 */
void cores_stay(size_t place);

#endif
