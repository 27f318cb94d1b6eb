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

/* Zeroed memory that child processes share; NULL when there is none. */
void *process_shared(size_t bytes);
void process_unshare(void *memory, size_t bytes);

/* Returns true in a new child process, and false in this one as soon as the child has ended; false
 * at once if there can be no child.  The child ends with process_child_ends, which gives back
 * nothing and flushes nothing.  A signal that ends the child ends this process as well. */
bool process_fork_and_wait(void);
_Noreturn void process_child_ends(void);

/* The file name of the library whose malloc serves this process: the C library's, or one preloaded.
 * "unknown" if it cannot be told.  The text is static. */
const char *process_allocator(void);

/* A random 64-bit number from the system; false if it gives none. */
bool process_random(uint64_t *number);

#endif
