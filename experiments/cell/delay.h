/* delay.h - a delay of known length in the map's operations, which tests whether the instrument
 * sees it.
 *
 * Only the program CELL=delayed has one (experiments/instrument/calibrate.c); undelayed.c says that
 * all others have none. */
#ifndef DELAY_H
#define DELAY_H

#include "workload.h"

#include <jansson.h>

/* What is asked for: at most one of these is not 0. */
struct delay {
    uint64_t steps;   /* in every 256th call */
    uint64_t percent; /* of the operation, as it takes without a delay */
};

/* The most of each; 0 where there is no delay to be had. */
extern const uint64_t delay_steps_most, delay_percent_most;

/* The kind of program that it is, and whether it has this operation. */
extern const char delay_program[];
bool delay_can(int operation);

/* Says what is asked for; a delay in steps begins.  What makes no sense is told on stderr and ends
 * the process. */
void delay_ask(const struct delay *delay, enum operation operation);

/* Begins a delay in percent: turns it into steps by samples of the workload, which must be ready
 * for them.  Their outcome; OUTCOME_OK where nothing is to be done.  If the delay cannot be
 * measured that is told on stderr, and the process ends. */
enum outcome delay_calibrate(struct workload *workload);

/* What is told of the delay with each sample, an object of numbers; NULL without a delay. */
json_t *delay_values(void);

#endif
