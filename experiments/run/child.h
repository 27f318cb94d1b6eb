/* child.h - one child process at a time, and the signals that end the runner.
 *
 * A child gets a process group of its own, so that it can be killed with all it started and does
 * not get the terminal's Ctrl-C: the runner gets that and decides.  The runner sleeps in poll()
 * while the child runs; it wakes for output, for the deadline and for a signal, and does not
 * disturb what is measured. */
#ifndef CHILD_H
#define CHILD_H

#include "fault.h"
#include "words.h"

enum child_how {
    CHILD_EXITED,      /* code: its exit status */
    CHILD_SIGNALLED,   /* code: the signal that killed it */
    CHILD_TIMEOUT,     /* it was killed at the deadline */
    CHILD_FLOOD,       /* it was killed for writing more than anybody asked for */
    CHILD_INTERRUPTED, /* it was killed because the runner is to end */
};

struct child_end {
    enum child_how how;
    int code;
    char *out, *err; /* all of its stdout and stderr, each ending with a NUL */
    double seconds;  /* from its start to its end */
};

/* From now on SIGINT, SIGTERM and SIGHUP do not kill the runner: they kill the child that runs, now
 * or later, and child_interrupted is true. */
void child_catch_signals(void);

bool child_interrupted(void);

/* From now on children, and theirs, stay on this core (core.h), or with CORE_ANY on those that the
 * runner itself may use.  A child that cannot stay there exits with 127 and says so on stderr. */
void child_keep_on(int core);

/* From now on what a child has started ends with it, in whatever session or process group it is.
 * Where the system does not hand orphans to the runner (only Linux does), one that has left the
 * child's process group survives. */
void child_keep_orphans(void);

/* Runs a program to its end; what it has left in its process group is killed.
 * argv: program, looked up as by execvp, and arguments;
 * environment: exactly what it gets, or NULL for the runner's own;
 * input: what it reads on stdin as soon as it has printed a line, so that none of its time is spent
 *        on waiting for more; NULL: stdin is empty;
 * timeout: seconds.
 * False if no process could be made.  Otherwise *end is to be given to child_end_free; a program
 * that cannot be executed exits with 127 and says so on stderr. */
bool child_run(struct child_end *end, const struct words *argv, const struct words *environment,
               const char *input, double timeout, struct fault *fault);

void child_end_free(struct child_end *end);

/* How it ended, in words, with the last line of its stderr; the caller frees it. */
char *child_end_text(const struct child_end *end);

#endif
