/* workload.c - see workload.h. */
#include "workload.h"
#include "process.h"
#include "timer.h"

enum { SAMPLE_NS = 10 * 1000 * 1000 };

const char *const operation_names[OPERATIONS] = {"put",    "get",     "miss",    "update",
                                                 "remove", "iterate", "insert10"};

/* ---- The loops under the clock.  Each returns the number of wrong answers. ---- */

static size_t put_all(struct hamt *map, const struct trace *trace, uint64_t generation,
                      enum hamt_put_result expected, bool *no_memory) {
    size_t wrong = 0;
    for (const struct step *step = trace->steps; step < trace->steps + trace->count; step++) {
        enum hamt_put_result result = hamt_put(map, step->key, step->value + generation);
        if (result == HAMT_NO_MEMORY) {
            *no_memory = true;
            return wrong;
        }
        wrong += result != expected;
    }
    return wrong;
}

static size_t get_all(const struct hamt *map, const struct trace *trace, uint64_t generation,
                      uint64_t *checksum) {
    size_t wrong = 0;
    uint64_t sum = 0;
    for (const struct step *step = trace->steps; step < trace->steps + trace->count; step++) {
        uint64_t value = 0;
        bool there = hamt_get(map, step->key, &value);
        wrong += !there | (value != step->value + generation);
        sum += value;
    }
    *checksum = sum;
    return wrong;
}

static size_t miss_all(const struct hamt *map, const struct trace *trace) {
    size_t wrong = 0;
    for (const struct step *step = trace->steps; step < trace->steps + trace->count; step++) {
        uint64_t value;
        wrong += hamt_get(map, step->key, &value);
    }
    return wrong;
}

static size_t remove_all(struct hamt *map, const struct trace *trace) {
    size_t wrong = 0;
    for (const struct step *step = trace->steps; step < trace->steps + trace->count; step++)
        wrong += !hamt_remove(map, step->key);
    return wrong;
}

struct visits {
    uint64_t count;
    uint64_t sum;
};

static bool add_visit(hamt_key key, uint64_t value, void *context) {
    struct visits *visits = context;
    (void)key;
    visits->count++;
    visits->sum += value;
    return true;
}

/* ---- One repetition ---- */

/* Replaces the map by one that has just been filled. */
static enum outcome fill(struct workload *workload, uint64_t *ns) {
    bool no_memory = false;
    hamt_destroy(workload->map);
    workload->map = hamt_create(&workload->config);
    if (!workload->map)
        return OUTCOME_NO_MEMORY;
    uint64_t start = timer_ns();
    size_t wrong = put_all(workload->map, &workload->fill, 0, HAMT_NEW, &no_memory);
    *ns = timer_ns() - start;
    if (no_memory)
        return OUTCOME_NO_MEMORY;
    bool full = hamt_size(workload->map) == workload->fill.count;
    return wrong == 0 && full ? OUTCOME_OK : OUTCOME_WRONG;
}

/* Runs the operation once on a full map. */
static enum outcome operate(struct workload *workload, uint64_t *ns) {
    struct hamt *map = workload->map;
    const struct trace *use = &workload->use;
    size_t wrong = 0;
    bool no_memory = false;
    struct visits visits = {0};
    uint64_t start = timer_ns();
    switch (workload->operation) {
    case OP_GET:
        wrong = get_all(map, use, 0, &workload->checksum);
        break;
    case OP_MISS:
        wrong = miss_all(map, use);
        break;
    case OP_UPDATE:
        wrong = put_all(map, use, ++workload->generation, HAMT_REPLACED, &no_memory);
        break;
    case OP_REMOVE:
        wrong = remove_all(map, use);
        break;
    case OP_ITERATE:
        hamt_each(map, add_visit, &visits);
        wrong = visits.count != workload->fill.count;
        workload->checksum = visits.sum;
        break;
    case OP_INSERT10:
        wrong = put_all(map, use, 0, HAMT_NEW, &no_memory);
        break;
    case OP_PUT:
    case OPERATIONS:
        break; /* filling is all there is to it */
    }
    *ns = timer_ns() - start;
    if (no_memory)
        return OUTCOME_NO_MEMORY;
    return wrong == 0 ? OUTCOME_OK : OUTCOME_WRONG;
}

/* Whether the operation finds and leaves a full map, so that one map serves all repetitions. */
static bool keeps_map(enum operation operation) {
    return operation == OP_GET || operation == OP_MISS || operation == OP_UPDATE ||
           operation == OP_ITERATE;
}

static enum outcome repeat(struct workload *workload, uint64_t *ns) {
    if (!keeps_map(workload->operation)) {
        enum outcome outcome = fill(workload, ns);
        if (outcome != OUTCOME_OK)
            return outcome;
    }
    return workload->operation == OP_PUT ? OUTCOME_OK : operate(workload, ns);
}

/* Off the clock: the map holds what it was filled with, and the checksum is that of its values. */
static bool holds_fill(struct workload *workload, uint64_t *checksum) {
    return get_all(workload->map, &workload->fill, workload->generation, checksum) == 0;
}

/* Off the clock: the map holds what it must after the operation. */
static enum outcome verify(struct workload *workload) {
    const struct hamt *map = workload->map;
    uint64_t sum = 0;
    bool right;
    switch (workload->operation) {
    case OP_REMOVE:
        right = hamt_size(map) == 0 && miss_all(map, &workload->fill) == 0;
        break;
    case OP_INSERT10:
        right = holds_fill(workload, &sum) && get_all(map, &workload->use, 0, &sum) == 0 &&
                hamt_size(map) == workload->fill.count + workload->use.count;
        break;
    case OP_GET:
    case OP_ITERATE:
        right = holds_fill(workload, &sum) && sum == workload->checksum;
        break;
    default:
        right = holds_fill(workload, &sum) && hamt_size(map) == workload->fill.count;
    }
    return right ? OUTCOME_OK : OUTCOME_WRONG;
}

/* ---- Samples ---- */

static bool make_traces(struct workload *workload, enum pattern pattern, size_t scale,
                        uint64_t seed) {
    enum operation operation = workload->operation;
    if (!trace_make(&workload->fill, pattern, POPULATION_PRESENT, ORDER_OF_PUT, scale, seed))
        return false;
    if (operation == OP_PUT || operation == OP_ITERATE)
        return true;
    bool absent = operation == OP_MISS || operation == OP_INSERT10;
    size_t count = operation == OP_INSERT10 ? (scale + 9) / 10 : scale;
    return trace_make(&workload->use, pattern, absent ? POPULATION_ABSENT : POPULATION_PRESENT,
                      ORDER_OF_USE, count, seed);
}

/* Fills the first map, and looks at it. */
static enum outcome first_map(struct workload *workload) {
    uint64_t ns;
    double before = process_rss_bytes();
    enum outcome outcome = fill(workload, &ns);
    if (outcome != OUTCOME_OK)
        return outcome;
    double after = process_rss_bytes();
    bool known = before >= 0 && after >= 0;
    workload->rss_per_entry = known ? (after - before) / (double)workload->fill.count : -1;
    hamt_stats(workload->map, &workload->full);
    return holds_fill(workload, &workload->checksum) ? OUTCOME_OK : OUTCOME_WRONG;
}

enum outcome workload_begin(struct workload *workload, enum operation operation,
                            enum pattern pattern, size_t scale, uint64_t seed,
                            const struct hamt_config *config) {
    *workload = (struct workload){.operation = operation, .config = *config};
    if (!make_traces(workload, pattern, scale, seed))
        return OUTCOME_NO_MEMORY;
    uint64_t ns;
    enum outcome outcome = first_map(workload);
    if (outcome == OUTCOME_OK)
        outcome = repeat(workload, &ns);
    return outcome == OUTCOME_OK ? verify(workload) : outcome;
}

enum outcome workload_sample(struct workload *workload, struct sample *sample) {
    uint64_t total = 0, ns;
    *sample = (struct sample){.ops = workload->use.count};
    if (workload->operation == OP_PUT || workload->operation == OP_ITERATE)
        sample->ops = workload->fill.count;
    while (total < SAMPLE_NS) {
        enum outcome outcome = repeat(workload, &ns);
        if (outcome != OUTCOME_OK)
            return outcome;
        total += ns;
        sample->repeats++;
    }
    sample->ns_per_op = (double)total / (double)sample->repeats / (double)sample->ops;
    return verify(workload);
}

void workload_end(struct workload *workload) {
    hamt_destroy(workload->map);
    trace_free(&workload->fill);
    trace_free(&workload->use);
}
