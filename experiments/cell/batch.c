/* batch.c - see batch.h. */
#include "batch.h"

enum { BATCH_KEYS = 32 };

/* Of a trace's last batch fewer keys may be left. */
static size_t batch_at(const struct trace *trace, size_t start) {
    return trace->count - start < BATCH_KEYS ? trace->count - start : BATCH_KEYS;
}

size_t get_batches(const struct hamt *map, const struct trace *trace, enum asked asked,
                   uint64_t *checksum) {
    size_t wrong = 0;
    uint64_t sum = 0;
    for (size_t start = 0; start < trace->count; start += BATCH_KEYS) {
        const struct step *steps = &trace->steps[start];
        size_t count = batch_at(trace, start);
        hamt_key keys[BATCH_KEYS];
        uint64_t values[BATCH_KEYS] = {0};
        bool found[BATCH_KEYS];
        for (size_t i = 0; i < count; i++)
            keys[i] = steps[i].key;
        if (asked == TOGETHER)
            hamt_get_many(map, keys, count, values, found);
        else
            for (size_t i = 0; i < count; i++)
                found[i] = hamt_get(map, keys[i], &values[i]);
        for (size_t i = 0; i < count; i++) {
            wrong += !found[i] | (values[i] != steps[i].value);
            sum += values[i];
        }
    }
    *checksum = sum;
    return wrong;
}

size_t put_batches(struct hamt *map, const struct trace *trace, enum asked asked, bool *no_memory) {
    for (size_t start = 0; start < trace->count; start += BATCH_KEYS) {
        const struct step *steps = &trace->steps[start];
        size_t count = batch_at(trace, start), done = 0;
        hamt_key keys[BATCH_KEYS];
        uint64_t values[BATCH_KEYS];
        for (size_t i = 0; i < count; i++) {
            keys[i] = steps[i].key;
            values[i] = steps[i].value;
        }
        if (asked == TOGETHER)
            done = hamt_put_many(map, keys, values, count);
        else
            while (done < count && hamt_put(map, keys[done], values[done]) != HAMT_NO_MEMORY)
                done++;
        if (done < count) {
            *no_memory = true;
            break;
        }
    }
    return 0; /* which of the keys were new, hamt_put_many does not tell: the map's size does */
}
