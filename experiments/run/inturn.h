/* inturn.h - the competitors of a block, alive together: each takes one sample in turn.
 *
 * They are started and prepared one after the other and then wait.  In each turn every one is told
 * to go once, in an order drawn for the turn (schedule_turn), so that samples of the same number
 * are neighbours in time.  One that crashes, hangs or says what it should not is ended at once; the
 * others go on. */
#ifndef INTURN_H
#define INTURN_H

#include "cellrun.h"

/* Runs `count` calls, cells of one group in one block.  replicates: room for one of each, to be
 * given to replicate_free.  False, with nothing to be freed, if it was interrupted, or a process
 * could not be made (then the fault's line is not empty). */
bool inturn_run(struct replicate *replicates, const struct cell_call *calls, size_t count,
                struct fault *fault);

#endif
