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

/* ---- Order within blocks ---- */

/* Processes for each cell of a group in a round; 0 if it has no such round. */
static uint64_t reps_in(const struct group *group, size_t round) {
    return round < group->rounds->count ? strtoull(group->rounds->word[round], NULL, 10) : 0;
}

/* Row b of the result is block b: reps x cell_count indices of plan->cells; the caller frees it.
 * (rows[r] + columns[p]) mod n is a Latin square, and stays one under any order of its rows, its
 * columns and its symbols. */
static size_t *order_blocks(uint64_t *state, const struct group *group, uint64_t reps) {
    size_t n = group->cell_count;
    size_t *order = need_zeroed(reps * n, sizeof *order);
    for (size_t first = 0; first < reps; first += n) {
        size_t *rows = permutation(state, n);
        size_t *columns = permutation(state, n);
        size_t *symbols = permutation(state, n);
        for (size_t r = 0; r < n && first + r < reps; r++)
            for (size_t p = 0; p < n; p++)
                order[(first + r) * n + p] = group->cells[symbols[(rows[r] + columns[p]) % n]];
        free(rows);
        free(columns);
        free(symbols);
    }
    return order;
}

/* ---- Order of blocks ---- */

/* Appends one round.  before: blocks of each group in the rounds before it, to which those of this
 * round are added.  False if there is no such round. */
static bool add_round(struct schedule *schedule, const struct plan *plan, size_t round,
                      uint64_t state, uint64_t *before) {
    size_t **orders = need_zeroed(plan->group_count, sizeof *orders);
    uint64_t blocks = 0;
    for (size_t g = 0; g < plan->group_count; g++) {
        uint64_t reps = reps_in(&plan->groups[g], round);
        orders[g] = order_blocks(&state, &plan->groups[g], reps);
        if (reps > blocks)
            blocks = reps;
    }

    for (unsigned block = 0; block < blocks; block++) {
        size_t *groups = permutation(&state, plan->group_count);
        for (size_t i = 0; i < plan->group_count; i++) {
            const struct group *group = &plan->groups[groups[i]];
            const size_t *row = orders[groups[i]] + (size_t)block * group->cell_count;
            for (unsigned p = 0; block < reps_in(group, round) && p < group->cell_count; p++)
                schedule->slots[schedule->count++] = (struct slot){
                    .cell = row[p], .block = (unsigned)before[groups[i]] + block, .position = p};
        }
        free(groups);
    }

    for (size_t g = 0; g < plan->group_count; g++) {
        before[g] += reps_in(&plan->groups[g], round);
        free(orders[g]);
    }
    free(orders);
    return blocks > 0;
}

void schedule_make(struct schedule *schedule, const struct plan *plan, uint64_t seed) {
    schedule->slots = need_zeroed(plan->processes, sizeof *schedule->slots);
    schedule->count = 0;
    uint64_t *before = need_zeroed(plan->group_count, sizeof *before);
    uint64_t state = seed;
    for (size_t round = 0; add_round(schedule, plan, round, state, before); round++)
        state = random_next(&state);
    free(before);
}

void schedule_free(struct schedule *schedule) {
    free(schedule->slots);
    *schedule = (struct schedule){0};
}
