/* measure.h - the measuring itself: through the schedule, slot by slot.
 *
 * A slot of which the store has a good run is not run again; so going on after an interruption,
 * trying again what has failed, and starting anew are one thing.
 *
 * A run that fails is tried once more at the end of its block, for it may have been an accident;
 * its stored position is then one that the block has not planned.  Competitors that take turns are
 * alive together, those of a block that are to be run and those that are tried again.  A cell that
 * fails again is left out, for it would fail (or hang) in every block: its later slots are stored
 * as skipped, with the reason, until the experiment is gone on with. */
#ifndef MEASURE_H
#define MEASURE_H

#include "progress.h"
#include "store.h"

enum measure_end {
    MEASURE_ENDED,       /* every slot of the schedule is stored, though maybe not as good */
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
    const struct machine *machine;
    struct shard shard; /* the part that is measured */
    size_t from;        /* slots before this one are measured elsewhere */

    /* Found out; to be given to measuring_free. */
    enum replicate_status *status; /* of each slot; REPLICATE_STATUS_COUNT: it is to be run */
    bool *elsewhere;               /* each slot: it is another shard's */
    struct cell_state *cells;      /* one for each of plan->cells */
    struct progress *progress;
};

struct cell_state {
    char *reason; /* what went wrong last, or why it was never started; otherwise NULL */
    enum {
        CELL_WANTED,
        CELL_FAILED,  /* twice in a block: left out */
        CELL_TOO_BIG, /* it would not fit into memory: left out */
    } fate;
};

/* Learns from the store what is done.  False after a fault. */
bool measuring_start(struct measuring *m, struct fault *fault);

/* Slots of this status. */
size_t measuring_count(const struct measuring *m, enum replicate_status status);

/* True if every slot has a good run but those of cells that would not fit into memory, and those of
 * other shards where `of_shard`. */
bool measuring_complete(const struct measuring *m, bool of_shard);

/* Measures what is not done, and tells on stderr what goes wrong. */
enum measure_end measure(struct measuring *m, struct fault *fault);

void measuring_free(struct measuring *m);

#endif
