/* counters.h - which of the processor's and the kernel's event counters can be read here. */
#ifndef COUNTERS_H
#define COUNTERS_H

#include <stddef.h>

/* Tries each counter and writes the names of those that open as JSON arrays, such as
 * ["cycles","instructions"].  Without perf_event_open there are none. */
void counters_read(char *hardware, char *software, size_t size);

#endif
