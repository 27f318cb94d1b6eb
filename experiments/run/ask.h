/* ask.h - runs a command for what it prints: a program for its identity, make for the path of
 * something that it makes. */
#ifndef ASK_H
#define ASK_H

#include "fault.h"
#include "words.h"

/* Runs `argv`, with the runner's own environment; its stdout, which the caller frees.
 * timeout: seconds.
 * NULL if it has failed, and the fault is the last thing it said by itself; NULL with an empty
 * fault line if it was interrupted. */
char *ask_output(const struct words *argv, double timeout, struct fault *fault);

/* Runs `MAKE -s --no-print-directory SETTINGS TARGET` and takes the last line of its output for a
 * path, which always has a '/' in it; the caller frees it.
 * settings: as NAME=value, NULL after the last.
 * NULL as from ask_output, and where make has told no path. */
char *ask_make(const char *make, const char *const *settings, const char *target,
               struct fault *fault);

#endif
