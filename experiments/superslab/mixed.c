/* mixed.c - see mixed.h. */
#include "mixed.h"

#include <stdlib.h>
#include <string.h>

/* ---- Marks ---- */

/* Bits 0-15 are the size, the others follow from the slot, so that neither zeroed memory nor
 * another slot's mark passes for it. */
static uint64_t mark_of(struct draw draw) {
    return (draw.slot + UINT64_C(1)) * UINT64_C(0x9E3779B97F4A7C15) << 16 | draw.size;
}

static uint64_t word_at(const void *place) {
    uint64_t word;
    memcpy(&word, place, sizeof word);
    return word;
}

static uint32_t size_in(uint64_t mark) {
    return (uint32_t)(mark & 0xFFFF);
}

static char *last_word(void *block, uint32_t size) {
    return (char *)block + size - sizeof(uint64_t);
}

__attribute__((always_inline)) static inline enum mixed_fault mark(void *block, struct draw draw,
                                                                   enum touch touch) {
    uint64_t word = mark_of(draw);
    if (touch == TOUCH_ENDS) {
        if ((uintptr_t)block % 16 != 0)
            return MIXED_UNALIGNED;
        uint64_t last = ~word;
        memcpy(last_word(block, draw.size), &last, sizeof last);
    }
    if (touch != TOUCH_NOTHING)
        memcpy(block, &word, sizeof word);
    return MIXED_GOOD;
}

/* Whether the block still says what was written when it was put into this slot. */
__attribute__((always_inline)) static inline bool intact(void *block, uint32_t slot,
                                                         enum touch touch) {
    if (touch == TOUCH_NOTHING)
        return true;
    uint64_t word = word_at(block);
    struct draw draw = {slot, size_in(word)};
    if (word != mark_of(draw) || draw.size < MIXED_SIZE_MIN)
        return false;
    return touch != TOUCH_ENDS || word_at(last_word(block, draw.size)) == ~word;
}

/* ---- The loop ---- */

/* A slot's content: only threads that share slots pay for exchanging it. */
static inline void *take(_Atomic(void *) *slot, bool shared) {
    if (shared)
        return atomic_exchange_explicit(slot, NULL, memory_order_acq_rel);
    void *block = atomic_load_explicit(slot, memory_order_relaxed);
    if (block)
        atomic_store_explicit(slot, NULL, memory_order_relaxed);
    return block;
}

/* Returns what another thread has put there since the slot was found empty. */
static inline void *put(_Atomic(void *) *slot, void *block, bool shared) {
    if (shared)
        return atomic_exchange_explicit(slot, block, memory_order_acq_rel);
    atomic_store_explicit(slot, block, memory_order_relaxed);
    return NULL;
}

__attribute__((always_inline)) static inline enum mixed_fault
release(struct worker *worker, void *block, uint32_t slot, enum touch touch, bool control) {
    worker->frees++;
    if (control)
        return MIXED_GOOD;
    if (!intact(block, slot, touch))
        return MIXED_OVERWRITTEN;
    free(block);
    return MIXED_GOOD;
}

/* Everything but the worker and the number of cycles is a constant where this is called, so that
 * the loop carries no switch. */
__attribute__((always_inline)) static inline void loop(struct worker *worker, uint64_t cycles,
                                                       enum generator generator, enum touch touch,
                                                       bool shared, bool control) {
    const struct mixed *mixed = worker->mixed;
    const struct range range = mixed->range;
    struct worker w = *worker; /* its members are registers here */
    for (uint64_t i = 0; i < cycles && w.fault == MIXED_GOOD; i++) {
        struct draw draw = draw_next(&w.state, &range, generator);
        w.checksum += (uint64_t)draw.slot << 16 ^ draw.size;
        _Atomic(void *) *slot = &mixed->slots[draw.slot];
        void *block = take(slot, shared);
        if (block) {
            w.fault = release(&w, block, draw.slot, touch, control);
            continue;
        }
        block = control ? (void *)slot : malloc(draw.size);
        if (!block) {
            w.fault = MIXED_NO_MEMORY;
            break;
        }
        w.allocations++;
        if (!control)
            w.fault = mark(block, draw, touch);
        void *other = put(slot, block, shared);
        if (other && w.fault == MIXED_GOOD)
            w.fault = release(&w, other, draw.slot, touch, control);
    }
    *worker = w;
}

__attribute__((always_inline)) static inline void
loop_touching(struct worker *worker, uint64_t cycles, enum generator generator, bool shared) {
    if (worker->mixed->control)
        loop(worker, cycles, generator, TOUCH_NOTHING, shared, true);
    else if (worker->mixed->touch == TOUCH_NOTHING)
        loop(worker, cycles, generator, TOUCH_NOTHING, shared, false);
    else if (worker->mixed->touch == TOUCH_START)
        loop(worker, cycles, generator, TOUCH_START, shared, false);
    else
        loop(worker, cycles, generator, TOUCH_ENDS, shared, false);
}

void mixed_run(struct worker *worker, uint64_t cycles) {
    bool lcg = worker->mixed->generator == GENERATOR_LCG;
    if (lcg && worker->mixed->shared)
        loop_touching(worker, cycles, GENERATOR_LCG, true);
    else if (lcg)
        loop_touching(worker, cycles, GENERATOR_LCG, false);
    else if (worker->mixed->shared)
        loop_touching(worker, cycles, GENERATOR_GOOD, true);
    else
        loop_touching(worker, cycles, GENERATOR_GOOD, false);
}

/* ---- Between the runs ---- */

void *mixed_block(const struct mixed *mixed, uint32_t slot) {
    return mixed->control ? NULL : atomic_load(&mixed->slots[slot]);
}

uint64_t mixed_live_bytes(const struct mixed *mixed) {
    uint64_t bytes = 0;
    for (uint32_t slot = 0; slot < mixed->range.slots; slot++) {
        void *block = mixed_block(mixed, slot);
        if (block && mixed->touch != TOUCH_NOTHING)
            bytes += size_in(word_at(block));
    }
    return bytes;
}

enum mixed_fault mixed_clear(const struct mixed *mixed) {
    for (uint32_t slot = 0; slot < mixed->range.slots; slot++) {
        void *block = mixed_block(mixed, slot);
        if (block && !intact(block, slot, mixed->touch))
            return MIXED_OVERWRITTEN;
        free(block);
        atomic_store(&mixed->slots[slot], NULL);
    }
    return MIXED_GOOD;
}
