/* thread.c - see thread.h. */
#include "thread.h"

#include "gate.h"
#include "lock.h"
#include "lookup.h"
#include "settings.h"
#include "start.h"
#include "stats.h"

#include <errno.h>
#include <sched.h>

struct heap no_heap;
_Thread_local struct heap *thread_heap __attribute__((tls_model("initial-exec"))) = &no_heap;

atomic_bool lock_has_rivals;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key; /* its destructor tells when a thread ends */
static bool has_key, several_processors;

static pthread_mutex_t heaps_lock = PTHREAD_MUTEX_INITIALIZER;
static struct heap *heaps; /* all there are */

/* A thread ends. */
static void detach(void *value) {
    struct heap *heap = value;
    thread_heap = &shared;
    if (gate_enter(heap)) {
        heap_retire(heap);
        gate_leave(heap);
    } /* else the next thread takes it with all that is in it */
    heap->taken = false;
}

static void start(void) {
    settings_load();
    stats_start();
    size_classes_start();
    pool_start();
    start_fast_way();
    has_key = pthread_key_create(&key, detach) == 0;
    cpu_set_t processors;
    several_processors =
        sched_getaffinity(0, sizeof processors, &processors) || CPU_COUNT(&processors) > 1;
}

/* The thread's heap is taken, new or one that another thread left; NULL when memory is out, or
 * while the process forks. */
static struct heap *take_heap(void) {
    if (!gate_enter(&shared))
        return NULL;
    pthread_mutex_lock(&heaps_lock);
    struct heap *heap = heaps;
    while (heap && heap->taken)
        heap = heap->next;
    if (heaps && several_processors)
        atomic_store_explicit(&lock_has_rivals, true, memory_order_relaxed);
    if (!heap && (heap = heap_new())) {
        heap->next = heaps;
        heaps = heap;
    }
    if (heap)
        heap->taken = true;
    pthread_mutex_unlock(&heaps_lock);
    gate_leave(&shared);
    return heap;
}

static void watch_forks(void);

static struct heap *attach(void) {
    pthread_once(&once, start);
    if (!has_key) { /* nobody would tell when the thread ends */
        watch_forks();
        return &shared;
    }
    struct heap *heap = take_heap();
    if (!heap)
        return &shared; /* for this time */
    thread_heap = heap;
    if (pthread_setspecific(key, heap)) { /* may allocate, hence after the line above */
        detach(heap);
        return &shared;
    }
    watch_forks();
    return heap;
}

struct heap *thread_attach(void) {
    int before = errno; /* free leaves it as it is */
    struct heap *heap = attach();
    errno = before;
    return heap;
}

/* ---- Fork ---- */

static void before_fork(void) {
    gate_close(&heaps);
}

static void in_parent(void) {
    gate_open();
    if (!gate_inside)
        gate_free_put_off();
}

static void in_child(void) {
    stats_in_child();
    gate_open_in_child(heaps);
    if (gate_inside)
        return;
    lookup_in_child();
    for (struct heap *heap = heaps; heap; heap = heap->next) {
        if (heap->taken && heap != thread_heap) {
            heap_bury(heap);
            heap->taken = false;
        }
    }
    gate_free_put_off();
}

/* Once, with the first block, which the loader wants before it runs the constructors of the
 * program's libraries: handlers run in the reverse order, so ours closes the gate when theirs have
 * run.  Not in `start`, since this may allocate. */
static void watch_forks(void) {
    static atomic_bool watched;
    if (!atomic_exchange(&watched, true))
        pthread_atfork(before_fork, in_parent, in_child);
}
