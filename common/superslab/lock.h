/* lock.h - a mutex that is looked at again and again for a moment before its thread sleeps.
 *
 * The locks of heaps are mostly held for a microsecond, while some dozens of blocks are moved.  To
 * sleep for that long costs more than to wait: two system calls, which were half of the kernel's
 * share when two threads free each other's blocks.  Where the holder is in the kernel for longer,
 * to map or unmap a SuperSlab, the others do sleep.
 *
 * As long as only one thread has a heap, the C library's own short way through the mutex is taken,
 * which leaves out the atomic instruction; on a single processor too, where the holder cannot go on
 * while somebody waits for it. */
#ifndef SUPERSLAB_LOCK_H
#define SUPERSLAB_LOCK_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

enum { LOCK_LOOKS = 200 };

/* Set for good when a second thread asks for a heap and there are two processors. */
extern atomic_bool lock_has_rivals;

static inline void lock_wait_a_little(void) {
#if defined __x86_64__
    __builtin_ia32_pause();
#elif defined __aarch64__
    __asm__ volatile("isb"); /* waits about as long; yield does nothing on most */
#endif
}

/* To be unlocked by pthread_mutex_unlock. */
static inline void lock_take(pthread_mutex_t *lock) {
    if (atomic_load_explicit(&lock_has_rivals, memory_order_relaxed)) {
        for (unsigned look = 0; look < LOCK_LOOKS; look++) {
            if (pthread_mutex_trylock(lock) == 0)
                return;
            lock_wait_a_little();
        }
    }
    pthread_mutex_lock(lock);
}

#endif
