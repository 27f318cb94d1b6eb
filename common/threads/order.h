/* order.h - an order between threads that a library keeps by means which ThreadSanitizer does not
 * see: what a thread did before order_before(at), others have behind them after order_after(at).
 *
 * There is nothing to do for it here; tests/threads/tsan/order.h tells the sanitizer. */
#ifndef ORDER_H
#define ORDER_H

static inline void order_before(void *at) {
    (void)at;
}

static inline void order_after(void *at) {
    (void)at;
}

#endif
