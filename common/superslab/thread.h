/* thread.h - which heap a thread has, and when.
 *
 * A thread gets a heap when it first comes the slow way, which may be before any constructor has
 * run: until then it has `no_heap`, whose magazines are empty and hold nothing, so that malloc and
 * free need not ask.  When it ends, its heap is retired and waits for another thread; what the
 * thread still does after that goes to `shared`.  A heap, once made, is never unmapped.
 *
 * A fork finds nobody behind the gate (gate.h).  Heaps whose threads are not in the child are
 * buried there. */
#ifndef SUPERSLAB_THREAD_H
#define SUPERSLAB_THREAD_H

#include "heap.h"

/* Initial-exec: an offset from the thread's pointer, with no call that could allocate. */
extern _Thread_local struct heap *thread_heap __attribute__((tls_model("initial-exec")));

extern struct heap no_heap;

/* Gives the thread a heap, sets everything up if it is the first; the heap. */
struct heap *thread_attach(void);

/* The thread's heap, on a slow way. */
static inline struct heap *thread_heap_now(void) {
    return LIKELY(thread_heap != &no_heap) ? thread_heap : thread_attach();
}

#endif
