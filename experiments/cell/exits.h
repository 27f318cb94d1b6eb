/* exits.h - the statuses by which cells end, as the runner reads them (experiments/run/cellrun.c).
 */
#ifndef EXITS_H
#define EXITS_H

enum {
    EXIT_WRONG = 1,     /* an answer was wrong */
    EXIT_USAGE = 2,     /* what was asked for makes no sense */
    EXIT_NO_MEMORY = 3, /* there was not enough of it */
    EXIT_NO_ANSWER = 4, /* a process that was to measure ended without an answer */
    EXIT_TOO_BUSY = 5,  /* the machine has too much else to do for this to be measured */
};

#endif
