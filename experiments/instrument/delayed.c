/* delayed.c - a core whose get and put take longer by a known amount: what an instrument must see.
 *
 * It is compiled with CORE, the file of the core that is to be delayed.  Every 256th call spins for
 * as many steps as it is told (spin.h), each a multiplication that needs the one before it.  In one
 * piece because the processor would hide a few steps behind the misses of the calls around them; a
 * long spin it cannot hide, so that what is added is the steps' time, and on average over the calls
 * as little as is wanted.
 *
 * The number of steps is read from memory: with and without a delay the program is the same, so
 * that nothing but the delay tells two of its processes apart. */
#include "spin.h"

#include "hamt.h"

static volatile uint64_t spin_steps;
static uint64_t get_calls, put_calls;

void spin_set(uint64_t steps) {
    spin_steps = steps;
}

static inline void delay_call(uint64_t *calls) {
    if (++*calls % CALLS_PER_SPIN != 0)
        return;
    uint64_t x = 1;
    for (uint64_t i = spin_steps; i > 0; i--) {
        x *= UINT64_C(0x9e3779b97f4a7c15);
        __asm__ volatile("" : "+r"(x)); /* every step is taken */
    }
}

/* The core's own functions under other names; the rest of hamt.h is the core's. */
static bool plain_get(const struct hamt *map, hamt_key key, uint64_t *value);
static enum hamt_put_result plain_put(struct hamt *map, hamt_key key, uint64_t value);
#define hamt_get plain_get
#define hamt_put plain_put
#include CORE
#undef hamt_get
#undef hamt_put

bool hamt_get(const struct hamt *map, hamt_key key, uint64_t *value) {
    delay_call(&get_calls);
    return plain_get(map, key, value);
}

enum hamt_put_result hamt_put(struct hamt *map, hamt_key key, uint64_t value) {
    delay_call(&put_calls);
    return plain_put(map, key, value);
}
