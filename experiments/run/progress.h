/* progress.h - tells on stderr how far it is and how long it will take.
 *
 * On a terminal that is one line, redrawn; elsewhere a plain line, ten seconds after the last one
 * at the earliest.  It is drawn between processes only: while a cell measures, the runner sleeps.
 *
 * The time left is the sum over what is left of how long each cell takes: the mean of its own
 * processes so far, without those the mean of its group, without those what its entries cost
 * elsewhere. */
#ifndef PROGRESS_H
#define PROGRESS_H

#include "schedule.h"

struct progress;

/* Counts programs to be built, or the processes of a schedule; ended by progress_end. */
struct progress *progress_builds(size_t count);
struct progress *progress_runs(const struct plan *plan, const struct schedule *schedule);

/* Draws, with `now` as what is going on. */
void progress_show(struct progress *progress, const char *now);

/* One more is done.
 * cell: of the plan, 0 for builds;
 * seconds: how long it took; 0 if it cost nothing and tells nothing about the others. */
void progress_done(struct progress *progress, size_t cell, double seconds);

/* Takes note of how long a process of a cell took elsewhere. */
void progress_known(struct progress *progress, size_t cell, double seconds);

/* Seconds left, NAN while nothing has been measured. */
double progress_left(const struct progress *progress);

/* Prints a line on stderr without tearing the drawn one; `progress` may be NULL. */
__attribute__((format(printf, 2, 3))) void progress_say(struct progress *progress,
                                                        const char *format, ...);

/* Wipes the drawn line and frees.  NULL is allowed. */
void progress_end(struct progress *progress);

#endif
