/* gate.h - whoever changes what threads share passes a gate, and a fork finds nobody behind it.
 *
 * A child has only the thread that forked: what another one was changing stays half changed there.
 * To hold all locks while the process forks does not do.  After an allocator's handlers the C
 * library takes locks of its own (of all open files, of name services), which somebody may hold who
 * waits for memory: he would wait for the fork, and the fork for him.  So nobody waits for a fork.
 *
 *     fork     closes the gate, waits until all have come out; those inside wait for each other and
 *              for the kernel, never for anybody outside
 *     malloc   finds it closed: maps an area for the block (large_map)
 *     free     finds it closed: puts the block off; the fork frees it when it is over
 *     a thread that ends finds it closed: leaves its heap as it is to the next one
 *
 * Magazines are their threads' alone and changed outside.  large_map and the lookup work outside as
 * well, so the child makes the lookup whole again (lookup.h).
 *
 * A signal handler that forks may have interrupted its thread inside.  The fork does not wait for
 * that one, which goes on in both processes; the child then takes nothing over. */
#ifndef SUPERSLAB_GATE_H
#define SUPERSLAB_GATE_H

#include "heap.h"

/* Forks that have the gate closed. */
extern atomic_uint gate_forks;

/* The heap for which this thread is inside; NULL outside. */
extern _Thread_local struct heap *gate_inside __attribute__((tls_model("initial-exec")));

static inline bool gate_is_open(void) {
    return LIKELY(!atomic_load(&gate_forks));
}

static inline void gate_leave(struct heap *heap) {
    atomic_fetch_sub(&heap->inside, 1);
    gate_inside = NULL;
}

/* False: it is closed.  heap: this thread's, or `shared`.  All accesses are in one order: either
 * the fork sees somebody inside, or he sees the fork. */
static inline bool gate_enter(struct heap *heap) {
    if (!gate_is_open())
        return false;
    gate_inside = heap;
    atomic_fetch_add(&heap->inside, 1);
    if (gate_is_open())
        return true;
    gate_leave(heap);
    return false;
}

/* Closes the gate, and waits until all but this thread are outside.  `heaps`: all but `shared`,
 * looked up when no thread can add one any more. */
void gate_close(struct heap *const *heaps);
/* Opens it in the parent; in the child, where nobody else is. */
void gate_open(void);
void gate_open_in_child(struct heap *heaps);

/* Puts off a block that is freed while the gate is closed. */
void gate_put_off(void *block);
/* Frees what was put off, unless the gate is closed. */
void gate_free_put_off(void);
/* What was put off, linked through the blocks' first words. */
void *gate_take_put_off(void);

#endif
