/* steps.h - a cell's side of the protocol: it says that it is ready, and waits to be told to go.
 *
 * Neither takes memory from malloc, which may be what is measured, nor goes through stdio. */
#ifndef STEPS_H
#define STEPS_H

#include <stdbool.h>

/* Prints {"ready":true}. */
void steps_ready(void);

/* Waits for the next line on stdin.  True for "go"; false for "end" and where stdin ends.  Any
 * other line is a mistake of whoever speaks: it is told on stderr in the name of `program`, and the
 * process exits with 2. */
bool steps_go(const char *program);

#endif
