/* process.h - what the measuring process can find out about itself. */
#ifndef PROCESS_H
#define PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Memory resident now, in bytes; negative where the system does not tell. */
double process_rss_bytes(void);

/* The most memory that was ever resident, in bytes. */
double process_peak_rss_bytes(void);

/* The file name of the library whose malloc serves this process: the C library's, or one preloaded.
 * "unknown" if it cannot be told.  The text is static. */
const char *process_allocator(void);

/* A random 64-bit number from the system; false if it gives none. */
bool process_random(uint64_t *number);

#endif
