/* mixed.h - the workload: an array of slots, and threads that fill and empty random ones.
 *
 * One cycle draws a slot.  If it is occupied, its block is checked and freed; if it is empty, a
 * block of random size is allocated, marked and put there.
 *
 * With several threads all share the slots, and take and put blocks by atomic exchange: a thread
 * frees the blocks that it finds, whoever allocated them, so with two threads every second block is
 * freed by the thread that did not allocate it. */
#ifndef MIXED_H
#define MIXED_H

#include "draw.h"

#include <stdatomic.h>
#include <stdbool.h>

/* What is written into a block. */
enum touch {
    TOUCH_NOTHING, /* and so nothing is checked */
    TOUCH_START,   /* its first word tells slot and size, and must still do so when it is freed */
    TOUCH_ENDS,    /* its last word too, and it must be aligned as malloc's blocks are */
};

enum mixed_fault { MIXED_GOOD, MIXED_NO_MEMORY, MIXED_OVERWRITTEN, MIXED_UNALIGNED };

struct mixed {
    struct range range;
    enum generator generator;
    enum touch touch;
    bool shared;  /* several threads */
    bool control; /* all decisions, but nothing is allocated: what the loop itself costs */
    _Atomic(void *) *slots;
};

/* One thread of it. */
struct worker {
    const struct mixed *mixed;
    uint64_t state; /* of the generator */
    uint64_t allocations, frees;
    uint64_t checksum; /* of the draws: equal for all competitors */
    enum mixed_fault fault;
};

enum { MIXED_SIZE_MIN = 16, MIXED_SIZE_MAX = 65535 }; /* a block has room for its marks */

/* Runs cycles until all are done or one goes wrong: then worker->fault says how. */
void mixed_run(struct worker *worker, uint64_t cycles);

/* Bytes asked for by the blocks that live now, if blocks are marked; no thread may run. */
uint64_t mixed_live_bytes(const struct mixed *mixed);

/* The block of a slot, or NULL; no thread may run. */
void *mixed_block(const struct mixed *mixed, uint32_t slot);

/* Checks and frees every block that lives; no thread may run. */
enum mixed_fault mixed_clear(const struct mixed *mixed);

#endif
