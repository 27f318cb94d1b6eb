/* process.h - what the measuring process can find out about itself. */
#ifndef PROCESS_H
#define PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Anonymous memory resident now, in bytes; negative where the system does not tell.  That is what
 * malloc has got and somebody has touched, without the pages of programs and libraries, which
 * become resident as they are first run.  Takes nothing from malloc.  Costs a walk of the page
 * table: about a millisecond for 100 MB. */
double process_rss_bytes(void);

/* How much of that lies in large pages (2 MiB on x86-64); negative where the system does not tell.
 * Costs as much. */
double process_large_bytes(void);

/* Bytes in blocks that malloc has given out and not got back, with what it adds to each; negative
 * where it does not tell: of the allocators that may serve this process, the C library's does, if
 * it is glibc 2.33 or later.  Blocks that wait in a thread's cache count as given out. */
double process_allocated_bytes(void);

/* The most memory of all kinds that was ever resident, in bytes; negative where the system does not
 * tell. */
double process_peak_rss_bytes(void);

/* How often this process, or a child that has ended, gave up the processor to wait. */
uint64_t process_waits(void);

/* Zeroed memory of which malloc knows nothing; NULL when there is none.  process_shared's is shared
 * with child processes. */
void *process_pages(size_t bytes);
void *process_shared(size_t bytes);
void process_unmap(void *memory, size_t bytes);

/* Returns true in a new child process, and false in this one as soon as the child has ended; false
 * at once if there can be no child.  The child ends with process_child_ends, which gives back
 * nothing and flushes nothing.  A signal that ends the child ends this process as well. */
bool process_fork_and_wait(void);
_Noreturn void process_child_ends(void);

/* The file name of the library whose malloc serves this process: the C library's, or one preloaded.
 * "unknown" if it cannot be told.  Where another library serves one of malloc's companions, which
 * no allocator survives, that is told as well: "libx.so, but free is that of libc.so.6".  The text
 * is static. */
const char *process_allocator(void);

#endif
