/* cellrun.h - starts one process of a cell and tells what came of it.
 *
 * The process gets a small environment that is the same for all cells but for the preloaded
 * allocator: the size of the environment shifts the stack and is known to bias measurements. */
#ifndef CELLRUN_H
#define CELLRUN_H

#include "builds.h"
#include "child.h"
#include "replicate.h"

/* What is needed to start a process of a cell. */
struct cell_call {
    const struct build *build; /* the cell's */
    const struct plan *plan;
    size_t cell; /* of plan->cells */
    uint64_t trace_seed;
    double timeout; /* seconds */
};

/* Starts its process, which then prepares; NULL after a fault. */
struct child *cell_start(const struct cell_call *call, struct fault *fault);

/* Tells the process a last text, waits for its end, and reads what it has printed.  False only if
 * it was interrupted; all that a cell can do wrong is a status of *replicate, which is to be given
 * to replicate_free.  started: when, ISO 8601. */
bool cell_finish(struct replicate *replicate, const struct cell_call *call, struct child *child,
                 const char *text, const char *started);

/* Runs one process to its end.  False only if it was interrupted, or no process could be made (then
 * the fault's line is not empty); all that a cell can do wrong is a status of *replicate, which is
 * to be given to replicate_free. */
bool cell_run(struct replicate *replicate, const struct cell_call *call, struct fault *fault);

/* The command line that repeats it in a shell; the caller frees it. */
char *cell_command(const struct cell_call *call);

/* Bytes that an entry takes in this cell, by a run of it at this scale; NAN if that failed. */
enum { CELL_PROBE_SCALE = 100000 };
double cell_probe(const struct cell_call *call);

#endif
