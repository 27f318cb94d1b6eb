/* schedule.c - see schedule.h. */
#include "schedule.h"

#include "need.h"

#include <stdlib.h>

/* ---- Random numbers: SplitMix64 (Steele, Lea and Flood, OOPSLA 2014) ---- */

static uint64_t random_next(uint64_t *state) {
    uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

/* A number below `limit`, each equally likely: the uneven rest at the top is drawn again. */
static size_t random_below(uint64_t *state, size_t limit) {
    uint64_t fair = UINT64_MAX - UINT64_MAX % limit;
    uint64_t draw;
    do
        draw = random_next(state);
    while (draw >= fair);
    return (size_t)(draw % limit);
}

static void shuffle(uint64_t *state, size_t *items, size_t count) {
    for (size_t i = count; i > 1; i--) {
        size_t j = random_below(state, i);
        size_t item = items[i - 1];
        items[i - 1] = items[j];
        items[j] = item;
    }
}

/* A random order of 0 .. count-1; the caller frees it. */
static size_t *permutation(uint64_t *state, size_t count) {
    size_t *items = need_zeroed(count, sizeof *items);
    for (size_t i = 0; i < count; i++)
        items[i] = i;
    shuffle(state, items, count);
    return items;
}

uint64_t schedule_trace_seed(uint64_t seed, unsigned block) {
    uint64_t state = seed;
    state = random_next(&state) + block;
    return random_next(&state) >> 11;
}

/* ---- Blocks, one after the other ----
 *
 * What is drawn for a block depends on its number and not on the blocks before it. */

/* A state of its own for each thing that is drawn. */
static uint64_t state_for(uint64_t seed, size_t round, size_t what, uint64_t number) {
    uint64_t state = seed;
    const uint64_t parts[] = {round, what, number};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        state = random_next(&state) + parts[i];
    return random_next(&state);
}

/* Processes for each cell of a group in a round; 0 if it has no such round. */
static uint64_t reps_in(const struct group *group, size_t round) {
    return round < group->rounds->count ? strtoull(group->rounds->word[round], NULL, 10) : 0;
}

/* Blocks of a group in the rounds before this one. */
static uint64_t reps_before(const struct group *group, size_t round) {
    uint64_t reps = 0;
    for (size_t i = 0; i < round; i++)
        reps += reps_in(group, i);
    return reps;
}

/* The order of the cells in the present block of a group; the caller frees it.
 * symbols[(rows[r] + columns[p]) mod n] is a random Latin square, whatever the orders of its rows,
 * its columns and its symbols are.  The first n blocks of a round are the rows of one, the next n
 * of another. */
static size_t *order_of(const struct blocks *blocks, size_t index) {
    const struct group *group = &blocks->plan->groups[index];
    size_t n = group->cell_count;
    uint64_t state = state_for(blocks->seed, blocks->round, index + 1, blocks->number / n);
    size_t *rows = permutation(&state, n), *columns = permutation(&state, n),
           *symbols = permutation(&state, n);
    for (size_t p = 0; p < n; p++)
        columns[p] = group->cells[symbols[(rows[blocks->number % n] + columns[p]) % n]];
    free(rows);
    free(symbols);
    return columns;
}

void blocks_begin(struct blocks *blocks, const struct plan *plan, uint64_t seed) {
    *blocks = (struct blocks){.plan = plan, .seed = seed};
}

static bool has_round(const struct plan *plan, size_t round) {
    for (size_t g = 0; g < plan->group_count; g++)
        if (round < plan->groups[g].rounds->count)
            return true;
    return false;
}

/* Goes on to the next number, or to the first one of the next round.  False if there is none. */
static bool next_number(struct blocks *blocks) {
    if (blocks->groups)
        blocks->number++;
    free(blocks->groups);
    blocks->groups = NULL;
    for (; has_round(blocks->plan, blocks->round); blocks->round++, blocks->number = 0)
        for (size_t g = 0; g < blocks->plan->group_count; g++)
            if (blocks->number < reps_in(&blocks->plan->groups[g], blocks->round)) {
                uint64_t state = state_for(blocks->seed, blocks->round, 0, blocks->number);
                blocks->groups = permutation(&state, blocks->plan->group_count);
                blocks->at = 0;
                return true;
            }
    return false;
}

bool blocks_next(struct blocks *blocks, struct block *block) {
    for (;;) {
        if ((!blocks->groups || blocks->at == blocks->plan->group_count) && !next_number(blocks))
            return false;
        size_t index = blocks->groups[blocks->at++];
        const struct group *group = &blocks->plan->groups[index];
        if (blocks->number >= reps_in(group, blocks->round))
            continue;
        *block =
            (struct block){.first = blocks->slots,
                           .count = group->cell_count,
                           .number = (unsigned)(reps_before(group, blocks->round) + blocks->number),
                           .cells = order_of(blocks, index)};
        blocks->slots += block->count;
        return true;
    }
}

void blocks_end(struct blocks *blocks) {
    free(blocks->groups);
    *blocks = (struct blocks){0};
}

/* ---- Turns within a block ---- */

/* Turns are the rows of symbols[(step * turn + columns[p]) mod count], a Latin square if step and
 * count have no divisor in common, as 1 and count - 1 have none.  The last of a turn follows itself
 * in the next if the step is what its column is ahead of the first one, `between`: so it is 1
 * unless that is 1, and count - 1 otherwise.  With two competitors both are 1, as is `between`: a
 * step of 0 keeps their order, in which they alternate. */
size_t *schedule_turn(uint64_t trace_seed, size_t turn, size_t count) {
    uint64_t state = trace_seed;
    size_t *columns = permutation(&state, count), *symbols = permutation(&state, count);
    size_t between = (columns[count - 1] + count - columns[0]) % count;
    size_t step = count == 2 ? 0 : between == 1 ? count - 1 : 1;
    for (size_t p = 0; p < count; p++)
        columns[p] = symbols[(turn % count * step + columns[p]) % count];
    free(symbols);
    return columns;
}

/* ---- All of them ---- */

void schedule_make(struct schedule *schedule, const struct plan *plan, uint64_t seed) {
    struct blocks blocks;
    struct block block;
    *schedule = (struct schedule){.slots = need_zeroed(plan->processes, sizeof *schedule->slots)};
    blocks_begin(&blocks, plan, seed);
    while (blocks_next(&blocks, &block)) {
        for (unsigned p = 0; p < block.count; p++)
            schedule->slots[schedule->count++] =
                (struct slot){.cell = block.cells[p], .block = block.number, .position = p};
        free(block.cells);
    }
    blocks_end(&blocks);
}

void schedule_free(struct schedule *schedule) {
    free(schedule->slots);
    *schedule = (struct schedule){0};
}
