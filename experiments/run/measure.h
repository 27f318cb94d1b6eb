/* measure.h - the measuring itself: through the schedule, slot by slot.
 *
 * A slot that the store has is not run again; so going on after an interruption and starting anew
 * are one thing.  A cell that has failed once is not started again, for it would fail (or hang) in
 * every block: its later slots are stored as skipped, with the reason. */
#ifndef MEASURE_H
#define MEASURE_H

#include "progress.h"
#include "store.h"

enum measure_end {
    MEASURE_COMPLETE,    /* every slot of the schedule is stored */
    MEASURE_INTERRUPTED, /* by a signal */
    MEASURE_BROKEN,      /* the store or the system failed: see the fault */
};

struct measuring {
    /* Given by the caller, who keeps them. */
    const struct plan *plan;
    const struct schedule *schedule;
    const struct build *builds; /* one for each of plan->recipes */
    struct store *store;
    const char *experiment; /* its id */
    double timeout;         /* seconds for a process */

    /* Found out; to be given to measuring_free. */
    bool *done;    /* for each slot: it is stored */
    char **reason; /* for each cell that is not started any more: why; otherwise NULL */
    bool *failed;  /* for each cell: one of its runs went wrong */
    size_t count[REPLICATE_STATUS_COUNT]; /* slots stored, by status */
    struct progress *progress;
};

/* Learns from the store what is done.  False after a fault. */
bool measuring_start(struct measuring *m, struct fault *fault);

/* Slots that are stored. */
size_t measuring_done(const struct measuring *m);

/* Measures what is not done, and tells on stderr what goes wrong. */
enum measure_end measure(struct measuring *m, struct fault *fault);

void measuring_free(struct measuring *m);

#endif
