/* crew.h - threads that begin at once, each on a core of its own (cores.h). */
#ifndef CREW_H
#define CREW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What each of its members does, numbered from 0.  Only `work` is timed: nobody begins it before
 * all have prepared, nor finishes before all have ended it. */
struct crew_task {
    bool (*prepare)(size_t number, void *context); /* false: memory is out; NULL: nothing to do */
    void (*work)(size_t number, void *context);
    void (*finish)(size_t number, void *context); /* of each that has prepared; may be NULL */
};

enum crew_end { CREW_DONE, CREW_NO_MEMORY, CREW_NO_THREAD };

/* Has `count` members do it, each in a thread of its own; the first is the caller's, which stays on
 * its core from then on.  There must be as many cores.  *ns: from the moment when all had prepared
 * to the end of the last's work.  If a thread could not be made, or one could not prepare, none has
 * worked, and all have ended. */
enum crew_end crew_run(size_t count, const struct crew_task *task, void *context, uint64_t *ns);

#endif
