/* mix.c - see mix.h. */
#include "mix.h"
#include "process.h"
#include "splitmix.h"
#include "zipf.h"

static const double exponent = 0.99;
enum { ONE_UPDATE_IN = 20 };

/* One key's updates: all there are, and those before the present step. */
struct updates {
    uint32_t all, done;
};

/* Draws the steps: which key, by its rank from 0, and whether it is updated. */
static void draw(struct mix *mix, size_t count, uint32_t *ranks, struct updates *updates,
                 uint64_t seed) {
    struct zipf zipf = zipf_of(count, exponent);
    uint64_t state = splitmix(seed + 3 * SPLITMIX_GOLDEN); /* trace.c uses up to 2 */
    for (size_t i = 0; i < count; i++) {
        ranks[i] = (uint32_t)(zipf_next(&zipf, &state) - 1);
        mix->updates[i] = splitmix_below(&state, ONE_UPDATE_IN) == 0;
        updates[ranks[i]].all += mix->updates[i];
    }
}

/* The k-th of a key's updates adds k to its value, the last nothing. */
static void give_values(struct mix *mix, const uint32_t *ranks, struct updates *updates) {
    for (size_t i = 0; i < mix->trace.count; i++) {
        struct updates *its = &updates[ranks[i]];
        its->done += mix->updates[i];
        mix->trace.steps[i].value += its->done < its->all ? its->done : 0;
    }
}

bool mix_make(struct mix *mix, const struct keys *keys) {
    size_t count = keys->scale;
    struct trace ranked = {0};
    uint32_t *ranks = process_pages(count * sizeof *ranks);
    struct updates *updates = process_pages(count * sizeof *updates);
    *mix = (struct mix){.updates = process_pages(count * sizeof *mix->updates)};
    bool made = ranks && updates && mix->updates &&
                trace_make(&ranked, keys, POPULATION_PRESENT, ORDER_OF_USE, count);
    if (made) {
        draw(mix, count, ranks, updates, keys->seed);
        made = trace_pick(&mix->trace, &ranked, ranks, count);
    }
    if (made)
        give_values(mix, ranks, updates);
    trace_free(&ranked);
    if (ranks)
        process_unmap(ranks, count * sizeof *ranks);
    if (updates)
        process_unmap(updates, count * sizeof *updates);
    return made;
}

size_t mix_do(const struct mix *mix, struct hamt *map, bool *no_memory) {
    size_t wrong = 0;
    for (size_t i = 0; i < mix->trace.count; i++) {
        const struct step *step = &mix->trace.steps[i];
        if (mix->updates[i]) {
            enum hamt_put_result result = hamt_put(map, step->key, step->value);
            wrong += result == HAMT_NEW;
            *no_memory |= result == HAMT_NO_MEMORY;
        } else {
            uint64_t value = 0;
            bool there = hamt_get(map, step->key, &value);
            wrong += !there | (value != step->value);
        }
    }
    return wrong;
}
