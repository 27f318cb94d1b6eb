/* sections.h - for those ways to publish whose readers are in a section while they use a version.
 *
 * Who is under way, liburcu knows: a get, or the moment in which a view is taken, is a read-side
 * section, and what was retired before all sections that were under way have ended, nobody is about
 * to use.
 * Cost: a get writes two words of its own thread, and waits for nothing.  A writer that looks waits
 * for the gets that are under way, never for views, which are counted and in no section; and it
 * interrupts every core on which a thread of the process runs, in the middle of its get.
 *
 * Of liburcu's flavours, memb: its readers have no barriers, as the system makes one for them when
 * a writer asks (membarrier: that is the interrupt), and a reader that does nothing holds nothing
 * up.  Where the system has none, readers have barriers.  qsbr would have every reader say now and
 * then that it reads nothing, which a map cannot ask of its users' threads; mb has barriers in each
 * get; bp asks in each get whether its thread is known. */
#ifndef SECTIONS_H
#define SECTIONS_H

#define _LGPL_SOURCE /* inline sections: short enough, as liburcu says of them, for any licence */
#include <urcu/urcu-memb.h>

#include <order.h> /* not the one beside this file, where a test has its own */

#include "version.h"

struct publish {
    struct published published;
    char sections; /* their order has this address */
};

struct publish_reader {
    struct publish *publish;
};

/* A thread is registered once, however many maps it reads. */
static _Thread_local size_t readers_here;

static inline bool publish_init(struct publish *publish, struct hamt *first) {
    return published_init(&publish->published, first);
}

static inline void publish_free(struct publish *publish) {
    published_free(&publish->published);
}

static inline bool publish_join(struct publish *publish, struct publish_reader *reader) {
    reader->publish = publish;
    if (readers_here++ == 0)
        urcu_memb_register_thread();
    return true;
}

static inline void publish_part(struct publish_reader *reader) {
    (void)reader;
    if (--readers_here == 0)
        urcu_memb_unregister_thread();
}

static inline struct version *use_begin(struct publish_reader *reader) {
    urcu_memb_read_lock();
    return atomic_load_explicit(&reader->publish->published.newest, memory_order_acquire);
}

static inline void use_end(struct publish_reader *reader) {
    order_before(&reader->publish->sections);
    urcu_memb_read_unlock();
}

/* Afterwards all sections that were under way have ended. */
static inline void uses_look(struct publish *publish) {
    urcu_memb_synchronize_rcu();
    order_after(&publish->sections);
}

static inline bool in_use(const struct publish *publish, const struct version *version) {
    (void)publish, (void)version;
    return false;
}

static inline void uses_looked(struct publish *publish) {
    (void)publish;
}

#endif
