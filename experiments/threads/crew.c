/* crew.c - see crew.h. */
#include "crew.h"
#include "cores.h"
#include "timer.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

enum signal { WAIT, GO, GO_HOME };

struct crew {
    const struct crew_task *task;
    void *context;
    atomic_size_t there;    /* members that have prepared, or cannot */
    atomic_bool unprepared; /* a member cannot */
    _Atomic enum signal signal;
    pthread_mutex_t lock;
    pthread_cond_t all_ended;
    size_t at_work; /* members that have not ended their work; under the lock */
};

struct member {
    struct crew *crew;
    size_t number;
    pthread_t thread;
    bool prepared;
    uint64_t end; /* of its work; 0 if it has done none */
};

static void get_ready(struct member *member) {
    struct crew *crew = member->crew;
    cores_stay(member->number);
    member->prepared = !crew->task->prepare || crew->task->prepare(member->number, crew->context);
    if (!member->prepared)
        atomic_store(&crew->unprepared, true);
    atomic_fetch_add(&crew->there, 1);
}

/* Sleeps, since others may still be under the clock. */
static void wait_for_others(struct crew *crew) {
    pthread_mutex_lock(&crew->lock);
    if (--crew->at_work == 0)
        pthread_cond_broadcast(&crew->all_ended);
    while (crew->at_work > 0)
        pthread_cond_wait(&crew->all_ended, &crew->lock);
    pthread_mutex_unlock(&crew->lock);
}

static void take_part(struct member *member) {
    struct crew *crew = member->crew;
    if (atomic_load(&crew->signal) == GO) {
        crew->task->work(member->number, crew->context);
        member->end = timer_ns();
        wait_for_others(crew);
    }
    if (member->prepared && crew->task->finish)
        crew->task->finish(member->number, crew->context);
}

/* Waits by spinning, so that all begin at once; each has its core to itself. */
static void *join_crew(void *argument) {
    struct member *member = argument;
    get_ready(member);
    while (atomic_load(&member->crew->signal) == WAIT)
        continue;
    take_part(member);
    return NULL;
}

enum crew_end crew_run(size_t count, const struct crew_task *task, void *context, uint64_t *ns) {
    struct crew crew = {.task = task,
                        .context = context,
                        .lock = PTHREAD_MUTEX_INITIALIZER,
                        .all_ended = PTHREAD_COND_INITIALIZER,
                        .at_work = count};
    struct member *members = calloc(count, sizeof *members);
    size_t made = 1;
    if (!members)
        return CREW_NO_MEMORY;
    for (size_t i = 0; i < count; i++)
        members[i] = (struct member){.crew = &crew, .number = i};
    while (made < count &&
           pthread_create(&members[made].thread, NULL, join_crew, &members[made]) == 0)
        made++;
    get_ready(&members[0]);
    while (atomic_load(&crew.there) < made)
        sched_yield(); /* they begin on the caller's core */
    enum crew_end end = made < count                    ? CREW_NO_THREAD
                        : atomic_load(&crew.unprepared) ? CREW_NO_MEMORY
                                                        : CREW_DONE;
    uint64_t begin = timer_ns(), last = begin;
    atomic_store(&crew.signal, end == CREW_DONE ? GO : GO_HOME);
    take_part(&members[0]);
    for (size_t i = 0; i < made; i++) {
        if (i > 0)
            pthread_join(members[i].thread, NULL);
        last = members[i].end > last ? members[i].end : last;
    }
    free(members);
    *ns = last - begin;
    return end;
}
