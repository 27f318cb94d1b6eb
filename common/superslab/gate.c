/* gate.c - see gate.h. */
#include "gate.h"

#include "say.h"

#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

atomic_uint gate_forks;
_Thread_local struct heap *gate_inside __attribute__((tls_model("initial-exec")));

static _Atomic(void *) put_off;

/* Not by nanosleep, at which a thread may be cancelled; not by sched_yield, which lets nobody run
 * whose priority is lower. */
static void wait_a_moment(void) {
    struct timespec moment = {.tv_nsec = 20000};
    syscall(SYS_nanosleep, &moment, NULL);
}

static void wait_until_left(struct heap *heap) {
    while (atomic_load(&heap->inside) > (heap == gate_inside))
        wait_a_moment();
}

void gate_close(struct heap *const *heaps) {
    atomic_fetch_add(&gate_forks, 1);
    wait_until_left(&shared); /* for which threads add heaps */
    for (struct heap *heap = *heaps; heap; heap = heap->next)
        wait_until_left(heap);
}

void gate_open(void) {
    atomic_fetch_sub(&gate_forks, 1);
}

void gate_open_in_child(struct heap *heaps) {
    /* Some of the parent's threads were about to see that it is closed. */
    for (struct heap *heap = heaps; heap; heap = heap->next)
        if (heap != gate_inside)
            atomic_store(&heap->inside, 0);
    if (gate_inside != &shared)
        atomic_store(&shared.inside, 0);
    atomic_store(&gate_forks, 0);
}

void gate_put_off(void *block) {
    void *last = atomic_load(&put_off);
    do {
        if (block == last)
            die_not_in_use("free", block);
        *(void **)block = last;
    } while (!atomic_compare_exchange_weak(&put_off, &last, block));
}

void *gate_take_put_off(void) {
    return atomic_exchange(&put_off, NULL);
}
