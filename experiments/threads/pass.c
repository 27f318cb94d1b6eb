/* pass.c - see pass.h. */
#include "pass.h"

#include <stdatomic.h>

enum { TRIES = 5, ROUNDS = 200, LOOKS_MOST = 1 << 22 /* some milliseconds */ };

struct passing {
    size_t threads;
    _Alignas(128) atomic_size_t turn; /* how often it was passed on; a line, and its neighbour */
};

/* Whoever waits too long leaves, and then so do the others, who wait for that one. */
static void pass_on(size_t number, void *context) {
    struct passing *passing = context;
    for (size_t turn = number; turn < ROUNDS * passing->threads; turn += passing->threads) {
        for (size_t looks = 0; atomic_load(&passing->turn) != turn; looks++)
            if (looks == LOOKS_MOST)
                return;
        atomic_store(&passing->turn, turn + 1);
    }
}

enum crew_end pass_measure(size_t threads, double *ns) {
    static const struct crew_task task = {.work = pass_on};
    const size_t passes = ROUNDS * threads;
    uint64_t least = UINT64_MAX;
    for (int i = 0; i < TRIES; i++) {
        struct passing passing = {.threads = threads};
        uint64_t whole;
        enum crew_end end = crew_run(threads, &task, &passing, &whole);
        if (end != CREW_DONE)
            return end;
        if (atomic_load(&passing.turn) == passes && whole < least)
            least = whole;
    }
    *ns = least == UINT64_MAX ? 0 : (double)least / (double)passes;
    return CREW_DONE;
}
