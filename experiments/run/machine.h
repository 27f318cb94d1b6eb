/* machine.h - on what it is measured.
 *
 * Nothing here names a host, a user or a place.  Machines are told apart by an id, a digest of
 * everything below and of the operating system's machine-id where there is one: a machine whose
 * kernel or huge-page setting changes is another machine, for the numbers may be others. */
#ifndef MACHINE_H
#define MACHINE_H

#include "fault.h"

#include <stdint.h>

struct machine {
    char id[13];
    char kind[13]; /* the same for machines that differ in their operating system's id alone */
    char cpu[128]; /* the model, as it calls itself */
    int64_t cores; /* that are online */
    int64_t memory_bytes;
    char os[128];
    char kernel[128];
    int64_t page_size;
    char thp[32];                /* transparent huge pages: always, madvise, never, or none */
    int virtualised;             /* 1, 0, -1 if it cannot be told */
    char hardware_counters[128]; /* those that can be read here, a JSON array of names */
    char software_counters[128];
    char caches[512]; /* of the first core, a JSON array of {level, type, size, line} in bytes */
};

struct machine machine_read(void);

/* Memory that can be had now without swapping, in bytes; -1 if it cannot be told. */
int64_t machine_memory_available(void);

/* Makes known on this machine that this process measures, until it ends: two at once disturb each
 * other, whatever they store into.  False if another one does, or if it cannot be told; the fault
 * says which process, or why, and is a warning. */
bool machine_claim(struct fault *fault);

#endif
