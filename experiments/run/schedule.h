/* schedule.h - in which order the processes of a plan run.
 *
 * One process is one replicate of one cell.  Replicate number b of a group is a block: every cell
 * of the group once, one right after the other, so that whatever the machine does in between
 * touches all of them alike and ratios can be taken within the block.
 *
 * Where a cell stands in its block must not favour it.  So blocks are the rows of random Latin
 * squares: in as many blocks as the group has cells, each cell stands once at each position.  Two
 * cells alternate as AB BA or BA AB.
 *
 * Block b of all groups comes before block b+1 of any, and the order of groups is shuffled anew
 * for each b: slow drift of the machine falls on all groups, and an experiment that is cut short
 * has something of everything.
 *
 * Replicates that are added to an experiment (REPS=12+6) are a schedule of their own behind the
 * first, with blocks that are numbered on: what was measured keeps its place.  A group that is to
 * get none of them has a round of 0 (REPS=12+0+6). */
#ifndef SCHEDULE_H
#define SCHEDULE_H

#include "plan.h"

struct slot {
    size_t cell;       /* of plan->cells */
    unsigned block;    /* from 0 */
    unsigned position; /* within the block, from 0 */
};

struct schedule {
    struct slot *slots;
    size_t count;
};

/* A block: the smallest thing that is complete. */
struct block {
    size_t first;  /* the slot of its first process */
    size_t *cells; /* of plan->cells, in their order; the caller frees it */
    size_t count;
    unsigned number; /* within its group, from 0 */
};

/* Gives the blocks of a plan one after the other. */
struct blocks {
    const struct plan *plan;
    uint64_t seed, number; /* within the round */
    size_t round, at, slots;
    size_t *groups; /* in the order of this number */
};

/* The same plan and seed give the same blocks.  To be given to blocks_end. */
void blocks_begin(struct blocks *blocks, const struct plan *plan, uint64_t seed);

/* False if there is no other. */
bool blocks_next(struct blocks *blocks, struct block *block);

void blocks_end(struct blocks *blocks);

/* Which part of the blocks is measured here: those whose turn, counted from 0, is index modulo
 * count.  Parts that other stores hold are put together by `make merge`. */
struct shard {
    unsigned index, count; /* 0 of 1: all */
};

/* All blocks, slot by slot.  The same plan and seed give the same schedule.  To be given to
 * schedule_free. */
void schedule_make(struct schedule *schedule, const struct plan *plan, uint64_t seed);

void schedule_free(struct schedule *schedule);

/* The order in which `count` competitors of a block, 0 to count-1, take their samples in a turn:
 * drawn from the block's trace seed; the caller frees it.  In as many turns as there are
 * competitors, each stands once at each place, and none follows itself from one turn to the next.
 * Where that cannot be both, with two, they alternate. */
size_t *schedule_turn(uint64_t trace_seed, size_t turn, size_t count);

/* Seed of the trace (the keys and their order) for all cells of a block: another one for each
 * block, so that no result hangs on one lucky trace.  Below 2^53. */
uint64_t schedule_trace_seed(uint64_t seed, unsigned block);

#endif
