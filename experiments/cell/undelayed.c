/* undelayed.c - no delay: see delay.h. */
#include "delay.h"

const char delay_program[] = "map";
const uint64_t delay_steps_most = 0, delay_percent_most = 0;

bool delay_can(int operation) {
    (void)operation;
    return true;
}

void delay_ask(const struct delay *delay, enum operation operation) {
    (void)delay;
    (void)operation;
}

enum outcome delay_calibrate(struct workload *workload) {
    (void)workload;
    return OUTCOME_OK;
}

json_t *delay_values(void) {
    return NULL;
}
