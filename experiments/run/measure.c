/* measure.c - see measure.h. */
#include "measure.h"

#include "cellrun.h"
#include "child.h"
#include "fit.h"
#include "inturn.h"
#include "need.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- What is known ---- */

/* What is not good is to be run again. */
static void note_stored(const struct stored_run *run, void *context) {
    struct measuring *m = context;
    if (run->slot >= m->schedule->count || run->status != REPLICATE_OK)
        return;
    m->status[run->slot] = run->status;
    if (!m->elsewhere[run->slot])
        progress_done(m->progress, m->schedule->slots[run->slot].cell, run->seconds);
}

bool measuring_start(struct measuring *m, struct fault *fault) {
    m->status = need_zeroed(m->schedule->count, sizeof *m->status);
    for (size_t i = 0; i < m->schedule->count; i++)
        m->status[i] = REPLICATE_STATUS_COUNT;
    m->elsewhere = need_zeroed(m->schedule->count, sizeof *m->elsewhere);
    for (size_t i = 0, turn = 0; i < m->schedule->count; i++) {
        turn += i > 0 && m->schedule->slots[i].position == 0;
        m->elsewhere[i] = i < m->from || turn % m->shard.count != m->shard.index;
    }
    m->cells = need_zeroed(m->plan->cell_count, sizeof *m->cells);
    m->progress = progress_runs(m->plan, m->schedule);
    for (size_t i = 0; i < m->schedule->count; i++)
        if (m->elsewhere[i])
            progress_done(m->progress, m->schedule->slots[i].cell, 0);
    return store_each_run(m->store, m->experiment, 0, m->schedule->count, note_stored, m, fault);
}

size_t measuring_count(const struct measuring *m, enum replicate_status status) {
    size_t count = 0;
    for (size_t i = 0; i < m->schedule->count; i++)
        count += m->status[i] == status;
    return count;
}

bool measuring_complete(const struct measuring *m, bool of_shard) {
    for (size_t i = 0; i < m->schedule->count; i++)
        if (m->status[i] != REPLICATE_OK && !(of_shard && m->elsewhere[i]) &&
            m->cells[m->schedule->slots[i].cell].fate != CELL_TOO_BIG)
            return false;
    return true;
}

void measuring_free(struct measuring *m) {
    for (size_t i = 0; m->cells && i < m->plan->cell_count; i++)
        free(m->cells[i].reason);
    free(m->cells);
    free(m->status);
    free(m->elsewhere);
    progress_end(m->progress);
    *m = (struct measuring){0};
}

static void set_reason(struct cell_state *state, char *reason) {
    free(state->reason);
    state->reason = reason;
}

/* ---- One slot ---- */

static const struct group *group_of(const struct measuring *m, size_t number) {
    return &m->plan->groups[m->plan->cells[m->schedule->slots[number].cell].group];
}

static struct cell_call call_for(const struct measuring *m, size_t number) {
    const struct slot *slot = &m->schedule->slots[number];
    uint64_t seed = group_of(m, number)->seed;
    return (struct cell_call){.build = &m->builds[m->plan->cells[slot->cell].recipe],
                              .plan = m->plan,
                              .cell = slot->cell,
                              .trace_seed = schedule_trace_seed(seed, slot->block),
                              .timeout = m->timeout};
}

/* Takes note that a run went wrong, and tells so and how to see it again. */
static void complain(struct measuring *m, size_t number, enum replicate_status status,
                     const char *detail) {
    struct cell_call call = call_for(m, number);
    struct cell_state *state = &m->cells[call.cell];
    bool again = state->reason != NULL;
    char *cell = plan_cell_text(m->plan, call.cell);
    char *command = cell_command(&call);
    progress_say(m->progress, "%s: %s%s: %s; %srepeat it with: %s", cell,
                 replicate_status_name(status), again ? " again" : "", detail,
                 again ? "" : "it is tried once more at the end of its block; ", command);
    set_reason(state, need_format("%s in block %u: %s", replicate_status_name(status),
                                  m->schedule->slots[number].block, detail));
    free(command);
    free(cell);
}

static bool store_slot(struct measuring *m, size_t number, unsigned position,
                       const struct replicate *replicate, struct fault *fault) {
    struct slot slot = m->schedule->slots[number];
    slot.position = position;
    struct run run = {.experiment = m->experiment,
                      .slot_number = number,
                      .slot = &slot,
                      .plan = m->plan,
                      .build = &m->builds[m->plan->cells[slot.cell].recipe],
                      .machine = m->machine,
                      .trace_seed = call_for(m, number).trace_seed};
    if (!store_add_run(m->store, &run, replicate, fault))
        return false;
    if (m->status[number] == REPLICATE_STATUS_COUNT)
        progress_done(m->progress, slot.cell, isnan(replicate->seconds) ? 0 : replicate->seconds);
    m->status[number] = replicate->status;
    return true;
}

/* A slot that is to be run, and the position at which it comes in its block. */
struct task {
    size_t slot;
    unsigned position;
};

/* Stores what came of a task, and frees it. */
static enum measure_end settle(struct measuring *m, const struct task *task,
                               struct replicate *replicate, struct fault *fault) {
    bool stored = store_slot(m, task->slot, task->position, replicate, fault);
    if (stored && replicate_failed(replicate->status))
        complain(m, task->slot, replicate->status, replicate->detail);
    replicate_free(replicate);
    return stored ? MEASURE_ENDED : MEASURE_BROKEN;
}

static enum measure_end skip(struct measuring *m, const struct task *task, struct fault *fault) {
    const struct cell_state *state = &m->cells[m->schedule->slots[task->slot].cell];
    struct replicate replicate = replicate_without(REPLICATE_SKIPPED, need_copy(state->reason));
    return settle(m, task, &replicate, fault);
}

/* Runs tasks of one block together: `count` is 1 where each process runs alone. */
static enum measure_end run_together(struct measuring *m, const struct task *tasks, size_t count,
                                     struct fault *fault) {
    struct cell_call *calls = need_zeroed(count, sizeof *calls);
    struct replicate *replicates = need_zeroed(count, sizeof *replicates);
    for (size_t i = 0; i < count; i++)
        calls[i] = call_for(m, tasks[i].slot);
    const struct group *group = group_of(m, tasks->slot);
    char *cell = plan_cell_text(m->plan, calls->cell);
    char *now = count > 1 ? need_format("%s and %zu more", cell, count - 1) : need_copy(cell);
    progress_show(m->progress, now);
    free(now);
    free(cell);
    bool ran = group->turns == TURNS_NONE ? cell_run(replicates, calls, fault)
                                          : inturn_run(replicates, calls, count, fault);
    enum measure_end end = ran              ? MEASURE_ENDED
                           : fault->line[0] ? MEASURE_BROKEN
                                            : MEASURE_INTERRUPTED;
    for (size_t i = 0; ran && i < count; i++) {
        if (end == MEASURE_ENDED)
            end = settle(m, &tasks[i], &replicates[i], fault);
        else
            replicate_free(&replicates[i]);
    }
    free(replicates);
    free(calls);
    return end;
}

/* Runs what is to be run in a block, all together where the competitors take turns: the tasks are
 * of one group, so either all do or none. */
static enum measure_end run_tasks(struct measuring *m, const struct task *tasks, size_t count,
                                  struct fault *fault) {
    struct task *wanted = need_zeroed(count + 1, sizeof *wanted);
    size_t kept = 0;
    enum measure_end end = MEASURE_ENDED;
    bool alone = count > 0 && group_of(m, tasks[0].slot)->turns == TURNS_NONE;
    for (size_t i = 0; i < count && end == MEASURE_ENDED; i++) {
        size_t cell = m->schedule->slots[tasks[i].slot].cell;
        if (child_interrupted())
            end = MEASURE_INTERRUPTED;
        else if (m->cells[cell].fate != CELL_WANTED)
            end = skip(m, &tasks[i], fault);
        else if (alone)
            end = run_together(m, &tasks[i], 1, fault);
        else
            wanted[kept++] = tasks[i];
    }
    if (end == MEASURE_ENDED && kept > 0)
        end = run_together(m, wanted, kept, fault);
    free(wanted);
    return end;
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
    if (run->status == REPLICATE_OK && run->checksum)
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
        m->status[answer->slot] = REPLICATE_WRONG;
        complain(m, answer->slot, REPLICATE_WRONG, detail);
    }
    free(detail);
    return stored;
}

static bool check_answers(struct measuring *m, size_t first, size_t last, struct fault *fault) {
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

/* Tries again what has failed in a block. */
static enum measure_end try_again(struct measuring *m, size_t first, size_t last,
                                  struct fault *fault) {
    const size_t planned = last - first + 1;
    struct task *tasks = need_zeroed(planned, sizeof *tasks);
    size_t count = 0;
    for (size_t i = first; i <= last; i++)
        if (replicate_failed(m->status[i])) {
            tasks[count] = (struct task){.slot = i, .position = (unsigned)(planned + count)};
            count++;
        }
    enum measure_end end = run_tasks(m, tasks, count, fault);
    free(tasks);
    if (end == MEASURE_ENDED && count > 0 && !check_answers(m, first, last, fault))
        end = MEASURE_BROKEN;
    return end;
}

/* Gives up the cells that have failed again, and tells of those that have not. */
static void judge(struct measuring *m, size_t first, size_t last) {
    for (size_t i = first; i <= last; i++) {
        size_t cell = m->schedule->slots[i].cell;
        struct cell_state *state = &m->cells[cell];
        if (replicate_failed(m->status[i])) {
            state->fate = CELL_FAILED;
        } else if (state->fate == CELL_WANTED && state->reason) {
            char *text = plan_cell_text(m->plan, cell);
            progress_say(m->progress, "%s: good when tried again", text);
            free(text);
            set_reason(state, NULL);
        }
    }
}

static enum measure_end measure_block(struct measuring *m, size_t first, size_t last,
                                      struct fault *fault) {
    struct task *tasks = need_zeroed(last - first + 1, sizeof *tasks);
    size_t count = 0;
    for (size_t i = first; i <= last; i++)
        if (m->status[i] == REPLICATE_STATUS_COUNT)
            tasks[count++] = (struct task){.slot = i, .position = m->schedule->slots[i].position};
    enum measure_end end = run_tasks(m, tasks, count, fault);
    free(tasks);
    if (end == MEASURE_ENDED && !check_answers(m, first, last, fault))
        end = MEASURE_BROKEN;
    if (end == MEASURE_ENDED)
        end = try_again(m, first, last, fault);
    if (end == MEASURE_ENDED)
        judge(m, first, last);
    return end;
}

/* ---- All of it ---- */

/* Finds the cells that have slots to come and would not fit into memory. */
static void leave_out_what_does_not_fit(struct measuring *m) {
    bool *wanted = need_zeroed(m->plan->cell_count, sizeof *wanted);
    for (size_t i = 0; i < m->schedule->count; i++)
        if (m->status[i] == REPLICATE_STATUS_COUNT && !m->elsewhere[i])
            wanted[m->schedule->slots[i].cell] = true;
    char **reason = need_zeroed(m->plan->cell_count, sizeof *reason);
    fit_check(reason, wanted, m->plan, m->builds, m->timeout);
    for (size_t i = 0; i < m->plan->cell_count; i++) {
        if (!reason[i])
            continue;
        char *cell = plan_cell_text(m->plan, i);
        progress_say(m->progress, "%s: skipped: %s", cell, reason[i]);
        free(cell);
        m->cells[i] = (struct cell_state){.reason = reason[i], .fate = CELL_TOO_BIG};
    }
    free(reason);
    free(wanted);
}

enum measure_end measure(struct measuring *m, struct fault *fault) {
    leave_out_what_does_not_fit(m);
    const struct slot *slots = m->schedule->slots;
    enum measure_end end = MEASURE_ENDED;
    for (size_t first = 0, next; end == MEASURE_ENDED && first < m->schedule->count; first = next) {
        for (next = first + 1; next < m->schedule->count && slots[next].position > 0;)
            next++;
        if (!m->elsewhere[first])
            end = measure_block(m, first, next - 1, fault);
    }
    return end;
}
