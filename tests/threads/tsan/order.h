/* order.h (tests) - see common/threads/order.h: tells ThreadSanitizer. */
#ifndef ORDER_H
#define ORDER_H

#include <sanitizer/tsan_interface.h>

static inline void order_before(void *at) {
    __tsan_release(at);
}

static inline void order_after(void *at) {
    __tsan_acquire(at);
}

#endif
