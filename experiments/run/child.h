/* child.h - child processes, one of which works at a time, and the signals that end the runner.
 *
 * A child gets a process group of its own, so that it can be killed with all it started and does
 * not get the terminal's Ctrl-C: the runner gets that and decides.  The runner sleeps in poll()
 * while a child works; it wakes for output, for the deadline and for a signal, and does not disturb
 * what is measured.
 *
 * Several children may be alive.  Each waits, asleep, until it is asked for something; what happens
 * to it meanwhile is noticed when its turn comes. */
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
    double
        seconds; /* that it was asked and waited for: from its start to its end if it was alone */
};

/* From now on SIGINT, SIGTERM and SIGHUP do not kill the runner: they kill any child that is waited
 * for, now or later, and child_interrupted is true. */
void child_catch_signals(void);

bool child_interrupted(void);

/* From now on children, and theirs, stay on this core (core.h), or with CORE_ANY on those that the
 * runner itself may use.  A child that cannot stay there exits with 127 and says so on stderr. */
void child_keep_on(int core);

/* From now on what a child has started ends with it, in whatever session or process group it is;
 * where others are alive, so does what those have left without a parent.  Where the system does not
 * hand orphans to the runner (only Linux does), one that has left the child's process group
 * survives. */
void child_keep_orphans(void);

/* A child that is to be given to child_finish. */
struct child;

/* Starts a program.
 * argv: program, looked up as by execvp, and arguments;
 * environment: exactly what it gets, or NULL for the runner's own;
 * timeout: seconds that it may be asked and waited for in all.
 * NULL if no process could be made; a program that cannot be executed exits with 127 and says so on
 * stderr. */
struct child *child_start(const struct words *argv, const struct words *environment, double timeout,
                          struct fault *fault);

/* Writes the text to the child's stdin, and waits until it has printed so many lines in all on
 * stdout.  False if that cannot be, now or later, for a reason that child_finish tells. */
bool child_ask(struct child *child, const char *text, size_t lines);

/* Writes a last text, closes stdin and waits for the child's end; what it has left in its process
 * group is killed.  *end is to be given to child_end_free. */
void child_finish(struct child *child, const char *text, struct child_end *end);

/* Runs a program to its end, with nothing on its stdin.  False if no process could be made. */
bool child_run(struct child_end *end, const struct words *argv, const struct words *environment,
               double timeout, struct fault *fault);

void child_end_free(struct child_end *end);

/* How it ended, in words, with the last line of its stderr; the caller frees it. */
char *child_end_text(const struct child_end *end);

#endif
