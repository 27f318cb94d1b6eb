/* steps.h - a cell's side of the protocol: it says that it is ready, and waits to be told to go.
 *
 * Neither takes memory from malloc, which may be what is measured, nor goes through stdio. */
#ifndef STEPS_H
#define STEPS_H

#include <stdbool.h>

/* Prints {"ready":true}. */
void steps_ready(void);

enum told {
    TOLD_END,  /* "end", or stdin has ended */
    TOLD_GO,   /* "go": a sample is wanted */
    TOLD_WARM, /* "warm": a pass of the operation that is not timed, of which nothing is printed */
};

/* Waits for the next line on stdin.  A line that is none of these is a mistake of whoever speaks:
 * it is told on stderr in the name of `program`, and the process exits with 2. */
enum told steps_told(const char *program);

/* The same for a program that knows no untimed pass: true for "go", false for the end. */
bool steps_go(const char *program);

#endif
