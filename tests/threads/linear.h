/* linear.h - is a history of what several threads did to a map linearizable?
 *
 * It is if every operation can be given one moment between its call and its return, so that done
 * one after the other, in the order of these moments, all give the results that they gave.  Of
 * operations of which one had returned before the other was called, the order is known; those that
 * overlap may have come in any order.
 *
 * A history is one sequence of operations for each thread.  The search goes forward: it tries which
 * thread's next operation came next, and goes back when none can.  What it has tried is remembered
 * by how far each thread has come and what is in the map then, since all else follows from that.
 * Threads do one thing after another, so few orders are possible, and the search takes about as
 * many steps as there are operations.
 *
 * An operation may read and write several keys at once, as a view and a batch do; then their
 * history is one of all keys.  If all concern one key each, the history of each key may be checked
 * alone: it is linearizable as a whole if each is (Herlihy and Wing's locality).
 *
 * Source: Wing and Gong, "Testing and Verifying Concurrent Objects", 1993; Lowe, "Testing for
 * Linearizability", 2017. */
#ifndef LINEAR_H
#define LINEAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LINEAR_KEYS = 4, LINEAR_THREADS = 6 };

/* Values of a key: any number from 1 but these. */
#define LINEAR_ABSENT UINT64_C(0)      /* the key is not there */
#define LINEAR_ANY    UINT64_MAX       /* expected: whatever is there; written: what was there */
#define LINEAR_SOME   (UINT64_MAX - 1) /* expected: the key is there, with whatever value */

struct linear_operation {
    uint64_t called, returned; /* by one clock of all threads; called <= returned */
    uint64_t expects[LINEAR_KEYS];
    uint64_t writes[LINEAR_KEYS];
};

/* One that neither expects nor writes anything. */
struct linear_operation linear_nothing(void);

struct linear_history {
    size_t threads;
    size_t count[LINEAR_THREADS];
    const struct linear_operation *operations[LINEAR_THREADS]; /* each thread's, as it did them */
};

enum linear_verdict { LINEAR, NOT_LINEAR, LINEAR_NO_MEMORY };

/* Of a map that is empty at first. */
enum linear_verdict linear_check(const struct linear_history *history);

#endif
