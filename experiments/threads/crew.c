/* crew.c - see crew.h. */
#include "crew.h"
#include "timer.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- Cores ---- */

#ifdef __linux__

/* Those that the process was started with: a thread that stays on one has forgotten the others. */
static const cpu_set_t *cores(void) {
    static cpu_set_t all;
    if (CPU_COUNT(&all) == 0)
        sched_getaffinity(0, sizeof all, &all);
    return &all;
}

size_t crew_cores(void) {
    return (size_t)CPU_COUNT(cores());
}

static void stay_on_core(size_t number) {
    cpu_set_t one;
    CPU_ZERO(&one);
    for (size_t core = 0, left = number + 1; core < CPU_SETSIZE && left > 0; core++)
        if (CPU_ISSET(core, cores()) && --left == 0)
            CPU_SET(core, &one);
    sched_setaffinity(0, sizeof one, &one);
}

#else

size_t crew_cores(void) {
    return (size_t)sysconf(_SC_NPROCESSORS_ONLN);
}

static void stay_on_core(size_t number) {
    (void)number;
}

#endif

/* ---- The crew ---- */

enum signal { WAIT, GO, GO_HOME };

struct crew {
    void (*work)(size_t number, void *context);
    void *context;
    atomic_size_t there;
    _Atomic enum signal signal;
};

struct member {
    struct crew *crew;
    size_t number;
    pthread_t thread;
    uint64_t end;
};

/* Waits by spinning, so that all begin at once; each has its core to itself. */
static void *join_crew(void *argument) {
    struct member *member = argument;
    struct crew *crew = member->crew;
    stay_on_core(member->number);
    atomic_fetch_add(&crew->there, 1);
    enum signal signal;
    while ((signal = atomic_load(&crew->signal)) == WAIT)
        continue;
    if (signal == GO)
        crew->work(member->number, crew->context);
    member->end = timer_ns();
    return NULL;
}

bool crew_work(size_t count, void work(size_t number, void *context), void *context, uint64_t *ns) {
    struct crew crew = {.work = work, .context = context};
    struct member *members = calloc(count, sizeof *members);
    size_t made = 1;
    if (!members)
        return false;
    for (size_t i = 0; i < count; i++)
        members[i] = (struct member){.crew = &crew, .number = i};
    while (made < count &&
           pthread_create(&members[made].thread, NULL, join_crew, &members[made]) == 0)
        made++;
    bool whole = made == count;
    while (whole && atomic_load(&crew.there) < count - 1)
        sched_yield(); /* they begin on the caller's core */
    uint64_t begin = timer_ns(), end = begin;
    atomic_store(&crew.signal, whole ? GO : GO_HOME);
    join_crew(&members[0]);
    for (size_t i = 0; i < made; i++) {
        if (i > 0)
            pthread_join(members[i].thread, NULL);
        end = members[i].end > end ? members[i].end : end;
    }
    free(members);
    *ns = end - begin;
    return whole;
}
