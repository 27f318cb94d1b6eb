/* calibrate.c - a delay in steps, or in percent of the operation: see delay.h.
 *
 * How many steps are so many percent, each process measures by itself before it is ready: it takes
 * samples in turn without a delay and with one about as long as the operation, whose share in the
 * time is measured well, and cuts that down in proportion.  The delay is then that share of what
 * the operation takes in this very process, wherever its memory lies.  A process that is asked for
 * 0 percent does the same, and then takes its samples without a delay: up to there, no process
 * differs from another. */
#include "delay.h"
#include "exits.h"
#include "spin.h"

#include <stdio.h>
#include <stdlib.h>

enum { PAIRS = 5 };
static const double ns_per_step = 1;      /* about: three or four cycles */
static const double least_of_share = 0.2; /* a long delay that takes less was not measured */

const char delay_program[] = "delayed";
const uint64_t delay_steps_most = UINT64_C(1) << 32, delay_percent_most = 1000;

static struct delay asked;
static uint64_t steps_taken; /* in a spin, when there is a delay */
static double plain_ns;      /* of an operation, when a delay was calibrated */

/* Is there a get or a put of one key in it, and are its values not latencies? */
bool delay_can(int operation) {
    return operation != OP_REMOVE && operation != OP_ITERATE && operation != OP_PUT_MANY &&
           operation != OP_GET_MANY && !workload_has_latencies((enum operation)operation);
}

static int compare_numbers(const void *a, const void *b) {
    double first = *(const double *)a, second = *(const double *)b;
    return (first > second) - (first < second);
}

/* The lower quartile, about: most samples may be interrupted on a busy machine, and none is too
 * short. */
static double quartile(double *numbers) {
    qsort(numbers, PAIRS, sizeof *numbers, compare_numbers);
    return numbers[PAIRS / 4];
}

/* The ns of an operation with so many steps. */
static enum outcome measure(double *ns, struct workload *workload, uint64_t steps) {
    struct sample sample = {0};
    spin_set(steps);
    enum outcome outcome = workload_sample(workload, &sample);
    *ns = sample.ns_per_op;
    return outcome;
}

void delay_ask(const struct delay *delay, enum operation operation) {
    asked = *delay;
    if (delay->steps && delay->percent) {
        fputs("cell: --delay and --delay-percent: one of them says how long it is\n", stderr);
        exit(EXIT_USAGE);
    }
    if (!delay_can(operation)) {
        fprintf(stderr, "cell: --op %s: there is no delay in it\n", operation_names[operation]);
        exit(EXIT_USAGE);
    }
    steps_taken = delay->steps;
    spin_set(steps_taken);
}

enum outcome delay_calibrate(struct workload *workload) {
    if (asked.steps)
        return OUTCOME_OK;
    double plain[PAIRS], delayed[PAIRS];
    enum outcome outcome = measure(&plain[0], workload, 0);
    uint64_t steps = 1 + (uint64_t)(CALLS_PER_SPIN * plain[0] / ns_per_step);
    for (size_t i = 0; outcome == OUTCOME_OK && i < PAIRS; i++) {
        outcome = measure(&plain[i], workload, 0);
        if (outcome == OUTCOME_OK)
            outcome = measure(&delayed[i], workload, steps);
    }
    if (outcome != OUTCOME_OK)
        return outcome;
    plain_ns = quartile(plain);
    double share = quartile(delayed) / plain_ns - 1;
    if (share < least_of_share) {
        fprintf(
            stderr,
            "cell: %s takes %.2f times as long with a delay of %llu steps in %d calls; the machine "
            "is too busy to measure that\n",
            operation_names[workload->operation], 1 + share, (unsigned long long)steps,
            CALLS_PER_SPIN);
        exit(EXIT_TOO_BUSY);
    }
    steps_taken = (uint64_t)((double)steps * (double)asked.percent / 100 / share + 0.5);
    spin_set(steps_taken);
    return OUTCOME_OK;
}

json_t *delay_values(void) {
    return asked.steps ? json_pack("{s:I}", "delay_steps", (json_int_t)steps_taken)
                       : json_pack("{s:I, s:f}", "delay_steps", (json_int_t)steps_taken, "plain_ns",
                                   plain_ns);
}
