/* crew.h - threads that begin at once, each on a core of its own where the system lets a thread
 * choose. */
#ifndef CREW_H
#define CREW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How many cores this process may use.  To be asked before crew_work, which moves the caller. */
size_t crew_cores(void);

/* Runs work(0, context) to work(count - 1, context), each in a thread of its own; the first is the
 * caller's, which stays on the first core from then on.  There must be as many cores.  *ns: from
 * the moment when all were there to the end of the last.  False if a thread could not be made: then
 * none has worked. */
bool crew_work(size_t count, void work(size_t number, void *context), void *context, uint64_t *ns);

#endif
