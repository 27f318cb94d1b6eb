/* inturn.c - see inturn.h. */
#include "inturn.h"

#include "clock.h"
#include "need.h"
#include "schedule.h"

#include <stdlib.h>

struct competitor {
    struct child *child; /* NULL: none was started, or it has ended and its replicate is there */
    struct clock_text started;
};

struct inturn {
    const struct cell_call *calls;
    struct replicate *replicates; /* of those that have ended */
    struct competitor *competitors;
    size_t count;
    bool whole; /* none was interrupted, or could not be made */
};

static void end_one(struct inturn *all, size_t i, const char *text) {
    struct competitor *one = &all->competitors[i];
    if (!cell_finish(&all->replicates[i], &all->calls[i], one->child, text, one->started.text)) {
        all->replicates[i] = replicate_without(REPLICATE_SKIPPED, NULL);
        all->whole = false;
    }
    one->child = NULL;
}

/* Waits for a line; one that will not come ends the process, so that it disturbs no other. */
static void ask_one(struct inturn *all, size_t i, const char *text, size_t lines) {
    struct child *child = all->competitors[i].child;
    if (child && !child_ask(child, text, lines))
        end_one(all, i, "");
}

static void start_all(struct inturn *all, struct fault *fault) {
    for (size_t i = 0; i < all->count && all->whole; i++) {
        struct competitor *one = &all->competitors[i];
        all->replicates[i] = replicate_without(REPLICATE_SKIPPED, NULL);
        one->started = clock_now();
        one->child = cell_start(&all->calls[i], fault);
        all->whole = one->child != NULL;
        ask_one(all, i, "", 1); /* {"ready":true} */
    }
}

static void take_turns(struct inturn *all) {
    const struct plan *plan = all->calls->plan;
    const struct group *group = &plan->groups[plan->cells[all->calls->cell].group];
    const char *text = group->turns == TURNS_WARM ? "warm\ngo\n" : "go\n";
    for (size_t turn = 0; turn < group->samples && all->whole; turn++) {
        size_t *order = schedule_turn(all->calls->trace_seed, turn, all->count);
        for (size_t p = 0; p < all->count; p++)
            ask_one(all, order[p], text, turn + 2);
        free(order);
    }
}

bool inturn_run(struct replicate *replicates, const struct cell_call *calls, size_t count,
                struct fault *fault) {
    struct inturn all = {.calls = calls,
                         .replicates = replicates,
                         .competitors = need_zeroed(count, sizeof *all.competitors),
                         .count = count,
                         .whole = true};
    fault->line[0] = '\0';
    start_all(&all, fault);
    take_turns(&all);
    for (size_t i = 0; i < count; i++)
        if (all.competitors[i].child)
            end_one(&all, i, "end\n");
    for (size_t i = 0; !all.whole && i < count; i++)
        replicate_free(&replicates[i]);
    free(all.competitors);
    return all.whole;
}
