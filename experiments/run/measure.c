/* measure.c - see measure.h. */
#include "measure.h"

#include "cellrun.h"
#include "child.h"
#include "fit.h"
#include "need.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- What is known ---- */

/* Takes note of what a slot gave, just now or in an earlier session. */
static void note(struct measuring *m, size_t number, enum replicate_status status,
                 const char *detail, double seconds) {
    const struct slot *slot = &m->schedule->slots[number];
    m->done[number] = true;
    m->count[status]++;
    progress_done(m->progress, slot->cell, isnan(seconds) ? 0 : seconds);
    if (replicate_failed(status))
        m->failed[slot->cell] = true;
    if (status != REPLICATE_OK && !m->reason[slot->cell])
        m->reason[slot->cell] =
            status == REPLICATE_SKIPPED
                ? need_copy(detail)
                : need_format("%s in block %u: %s", replicate_status_name(status), slot->block,
                              detail);
}

static void note_stored(const struct stored_run *run, void *context) {
    struct measuring *m = context;
    if (run->slot < m->schedule->count)
        note(m, run->slot, run->status, run->detail, run->seconds);
}

bool measuring_start(struct measuring *m, struct fault *fault) {
    m->done = need_zeroed(m->schedule->count, sizeof *m->done);
    m->reason = need_zeroed(m->plan->cell_count, sizeof *m->reason);
    m->failed = need_zeroed(m->plan->cell_count, sizeof *m->failed);
    m->progress = progress_runs(m->plan, m->schedule);
    return store_each_run(m->store, m->experiment, 0, m->schedule->count, note_stored, m, fault);
}

size_t measuring_done(const struct measuring *m) {
    size_t sum = 0;
    for (int i = 0; i < REPLICATE_STATUS_COUNT; i++)
        sum += m->count[i];
    return sum;
}

void measuring_free(struct measuring *m) {
    for (size_t i = 0; m->reason && i < m->plan->cell_count; i++)
        free(m->reason[i]);
    free(m->reason);
    free(m->failed);
    free(m->done);
    progress_end(m->progress);
    *m = (struct measuring){0};
}

/* ---- One slot ---- */

static struct cell_call call_for(const struct measuring *m, size_t number) {
    const struct slot *slot = &m->schedule->slots[number];
    const struct cell *cell = &m->plan->cells[slot->cell];
    uint64_t seed = m->plan->groups[cell->group].seed;
    return (struct cell_call){.build = &m->builds[cell->recipe],
                              .plan = m->plan,
                              .cell = slot->cell,
                              .trace_seed = schedule_trace_seed(seed, slot->block),
                              .timeout = m->timeout};
}

/* Tells that a run went wrong, and how to see it again. */
static void tell(struct measuring *m, size_t number, enum replicate_status status,
                 const char *detail) {
    struct cell_call call = call_for(m, number);
    char *cell = plan_cell_text(m->plan, call.cell);
    char *command = cell_command(&call);
    progress_say(m->progress, "%s: %s: %s; repeat it with: %s", cell, replicate_status_name(status),
                 detail, command);
    free(command);
    free(cell);
}

static bool store_slot(struct measuring *m, size_t number, const struct replicate *replicate,
                       struct fault *fault) {
    const struct slot *slot = &m->schedule->slots[number];
    struct run run = {.experiment = m->experiment,
                      .slot_number = number,
                      .slot = slot,
                      .plan = m->plan,
                      .build = &m->builds[m->plan->cells[slot->cell].recipe],
                      .trace_seed = call_for(m, number).trace_seed};
    if (!store_add_run(m->store, &run, replicate, fault))
        return false;
    note(m, number, replicate->status, replicate->detail, replicate->seconds);
    return true;
}

static enum measure_end measure_slot(struct measuring *m, size_t number, struct fault *fault) {
    size_t cell = m->schedule->slots[number].cell;
    struct replicate replicate;
    if (m->reason[cell]) {
        replicate = replicate_without(REPLICATE_SKIPPED, need_copy(m->reason[cell]));
    } else {
        char *now = plan_cell_text(m->plan, cell);
        progress_show(m->progress, now);
        free(now);
        struct cell_call call = call_for(m, number);
        if (!cell_run(&replicate, &call, fault))
            return fault->line[0] ? MEASURE_BROKEN : MEASURE_INTERRUPTED;
    }
    bool stored = store_slot(m, number, &replicate, fault);
    if (stored && replicate_failed(replicate.status))
        tell(m, number, replicate.status, replicate.detail);
    replicate_free(&replicate);
    return stored ? MEASURE_COMPLETE : MEASURE_BROKEN;
}

/* ---- One block: the variants answered the same questions, so their checksums agree ---- */

struct answers {
    size_t count;
    struct answer {
        size_t slot;
        char *checksum;
        size_t agreeing; /* answers with this checksum, this one included */
    } * answer;
};

static void collect(const struct stored_run *run, void *context) {
    struct answers *answers = context;
    if (run->status == REPLICATE_OK)
        answers->answer[answers->count++] =
            (struct answer){.slot = run->slot, .checksum = need_copy(run->checksum)};
}

/* The answer that most give; NULL if no more than half agree. */
static const struct answer *majority(struct answers *answers) {
    const struct answer *best = NULL;
    for (size_t i = 0; i < answers->count; i++) {
        struct answer *one = &answers->answer[i];
        for (size_t j = 0; j < answers->count; j++)
            one->agreeing += strcmp(one->checksum, answers->answer[j].checksum) == 0;
        if (2 * one->agreeing > answers->count)
            best = one;
    }
    return best;
}

/* Turns a stored good run into a wrong one, and tells so. */
static bool reject(struct measuring *m, const struct answer *answer, const char *expected,
                   struct fault *fault) {
    char *detail =
        expected ? need_format("checksum %s where the other variants have %s", answer->checksum,
                               expected)
                 : need_format("checksum %s, and the variants do not agree", answer->checksum);
    bool stored = store_mark_wrong(m->store, m->experiment, answer->slot, detail, fault);
    if (stored) {
        size_t cell = m->schedule->slots[answer->slot].cell;
        m->count[REPLICATE_OK]--;
        m->count[REPLICATE_WRONG]++;
        m->failed[cell] = true;
        if (!m->reason[cell])
            m->reason[cell] = need_copy(detail);
        tell(m, answer->slot, REPLICATE_WRONG, detail);
    }
    free(detail);
    return stored;
}

static bool check_block(struct measuring *m, size_t first, size_t last, struct fault *fault) {
    struct answers answers = {.answer = need_zeroed(last - first + 1, sizeof *answers.answer)};
    bool good = store_each_run(m->store, m->experiment, first, last, collect, &answers, fault);
    const struct answer *right = majority(&answers);
    for (size_t i = 0; i < answers.count; i++) {
        const struct answer *answer = &answers.answer[i];
        if (good && (!right || strcmp(answer->checksum, right->checksum) != 0))
            good = reject(m, answer, right ? right->checksum : NULL, fault);
    }
    for (size_t i = 0; i < answers.count; i++)
        free(answers.answer[i].checksum);
    free(answers.answer);
    return good;
}

/* ---- All of it ---- */

/* Finds the cells that have slots to come and would not fit into memory. */
static void leave_out_what_does_not_fit(struct measuring *m) {
    bool *wanted = need_zeroed(m->plan->cell_count, sizeof *wanted);
    for (size_t i = 0; i < m->schedule->count; i++) {
        size_t cell = m->schedule->slots[i].cell;
        wanted[cell] = wanted[cell] || (!m->done[i] && !m->reason[cell]);
    }
    char **reason = need_zeroed(m->plan->cell_count, sizeof *reason);
    fit_check(reason, wanted, m->plan, m->builds, m->timeout);
    for (size_t i = 0; i < m->plan->cell_count; i++) {
        if (!reason[i])
            continue;
        char *cell = plan_cell_text(m->plan, i);
        progress_say(m->progress, "%s: skipped: %s", cell, reason[i]);
        free(cell);
        m->reason[i] = reason[i];
    }
    free(reason);
    free(wanted);
}

enum measure_end measure(struct measuring *m, struct fault *fault) {
    leave_out_what_does_not_fit(m);
    const struct slot *slots = m->schedule->slots;
    for (size_t first = 0, next; first < m->schedule->count; first = next) {
        for (next = first; next == first || (next < m->schedule->count && slots[next].position > 0);
             next++) {
            if (child_interrupted())
                return MEASURE_INTERRUPTED;
            if (m->done[next])
                continue;
            enum measure_end end = measure_slot(m, next, fault);
            if (end != MEASURE_COMPLETE)
                return end;
        }
        if (!check_block(m, first, next - 1, fault))
            return MEASURE_BROKEN;
    }
    return MEASURE_COMPLETE;
}
