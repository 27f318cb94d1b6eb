/* workload.c - see workload.h. */
#include "workload.h"
#include "batch.h"
#include "process.h"
#include "timer.h"

enum { SAMPLE_NS = 1000 * 1000 };

const char *const operation_names[OPERATIONS] = {
    "put",      "get",         "get_in_order", "get_chained", "miss",     "update",
    "remove",   "churn",       "iterate",      "insert10",    "put_many", "put_batched",
    "get_many", "get_batched", "mix",          "put_each",    "get_each"};

/* What is under the clock is the filling of a map itself. */
static bool fills(enum operation operation) {
    return operation == OP_PUT || operation == OP_PUT_MANY || operation == OP_PUT_BATCHED ||
           operation == OP_PUT_EACH;
}

bool workload_has_latencies(enum operation operation) {
    return operation == OP_PUT_EACH || operation == OP_GET_EACH;
}

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

/* The processor works on several lookups at a time as long as none needs another's answer.  Here
 * each does: where the next key is read depends on the value just found, though it never matters,
 * since the answer is right and `nothing`, of which the compiler does not know, is 0.  What is
 * measured is latency, where get_all measures throughput. */
static size_t get_all_chained(const struct hamt *map, const struct trace *trace,
                              uint64_t *checksum) {
    static volatile uint64_t zero = 0;
    const uint64_t nothing = zero;
    size_t wrong = 0;
    uint64_t sum = 0;
    for (const struct step *step = trace->steps; step < trace->steps + trace->count;) {
        uint64_t value = 0;
        bool there = hamt_get(map, step->key, &value);
        uint64_t off = value ^ step->value;
        wrong += !there | (off != 0);
        sum += value;
        step += 1 + (off & nothing);
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

/* Each step takes out a key and puts another in its place: nodes and arrays die and are born, while
 * the map stays full. */
static size_t churn_all(struct hamt *map, const struct trace *leave, const struct trace *come,
                        bool *no_memory) {
    size_t wrong = 0;
    for (size_t i = 0; i < leave->count; i++) {
        wrong += !hamt_remove(map, leave->steps[i].key);
        enum hamt_put_result result = hamt_put(map, come->steps[i].key, come->steps[i].value);
        if (result == HAMT_NO_MEMORY) {
            *no_memory = true;
            return wrong;
        }
        wrong += result != HAMT_NEW;
    }
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

/* ---- One map ---- */

static size_t put_in_its_way(struct workload *workload, struct hamt *map, bool *no_memory) {
    const struct trace *trace = &workload->fill;
    switch (workload->operation) {
    case OP_PUT_MANY:
        return put_batches(map, trace, TOGETHER, no_memory);
    case OP_PUT_BATCHED:
        return put_batches(map, trace, ONE_BY_ONE, no_memory);
    case OP_PUT_EACH:
        return put_each(map, trace, &workload->latencies, no_memory);
    default:
        return put_all(map, trace, 0, HAMT_NEW, no_memory);
    }
}

static enum outcome fill(struct workload *workload, struct hamt **map) {
    bool no_memory = false;
    *map = hamt_create(&workload->config);
    if (!*map)
        return OUTCOME_NO_MEMORY;
    size_t wrong = put_in_its_way(workload, *map, &no_memory);
    if (no_memory)
        return OUTCOME_NO_MEMORY;
    bool full = hamt_size(*map) == workload->fill.count;
    return wrong == 0 && full ? OUTCOME_OK : OUTCOME_WRONG;
}

/* Runs the operation once on a full map. */
static enum outcome operate(struct workload *workload, struct hamt *map) {
    const struct trace *use = &workload->use;
    size_t wrong = 0;
    bool no_memory = false;
    struct visits visits = {0};
    switch (workload->operation) {
    case OP_GET:
    case OP_GET_IN_ORDER:
        wrong = get_all(map, use, 0, &workload->checksum);
        break;
    case OP_GET_CHAINED:
        wrong = get_all_chained(map, use, &workload->checksum);
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
    case OP_CHURN:
        wrong = churn_all(map, use, &workload->come, &no_memory);
        break;
    case OP_ITERATE:
        hamt_each(map, add_visit, &visits);
        wrong = visits.count != workload->fill.count || visits.sum != workload->checksum;
        break;
    case OP_INSERT10:
        wrong = put_all(map, use, 0, HAMT_NEW, &no_memory);
        break;
    case OP_GET_MANY:
        wrong = get_batches(map, use, TOGETHER, &workload->checksum);
        break;
    case OP_GET_BATCHED:
        wrong = get_batches(map, use, ONE_BY_ONE, &workload->checksum);
        break;
    case OP_MIX:
        wrong = mix_do(&workload->mix, map, &no_memory);
        break;
    case OP_GET_EACH:
        wrong = get_each(map, use, &workload->latencies, &workload->checksum);
        break;
    case OP_PUT:
    case OP_PUT_MANY:
    case OP_PUT_BATCHED:
    case OP_PUT_EACH:
    case OPERATIONS:
        break; /* filling is all there is to it */
    }
    if (no_memory)
        return OUTCOME_NO_MEMORY;
    return wrong == 0 ? OUTCOME_OK : OUTCOME_WRONG;
}

/* What a full map holds when it is looked at. */
static const struct trace *held(const struct workload *workload) {
    return workload->operation == OP_CHURN ? &workload->come : &workload->fill;
}

/* The map holds what it must, and the checksum is that of its values. */
static bool holds(const struct workload *workload, const struct hamt *map, uint64_t *checksum) {
    return get_all(map, held(workload), workload->generation, checksum) == 0;
}

/* The map holds what it must after the operation; after one that asks, what it answered. */
static enum outcome verify(const struct workload *workload, const struct hamt *map) {
    uint64_t sum = 0;
    bool right;
    switch (workload->operation) {
    case OP_REMOVE:
        right = hamt_size(map) == 0 && miss_all(map, &workload->fill) == 0;
        break;
    case OP_CHURN:
        right = holds(workload, map, &sum) && miss_all(map, &workload->fill) == 0 &&
                hamt_size(map) == workload->come.count;
        break;
    case OP_INSERT10:
        right = holds(workload, map, &sum) && get_all(map, &workload->use, 0, &sum) == 0 &&
                hamt_size(map) == workload->fill.count + workload->use.count;
        break;
    case OP_GET:
    case OP_GET_IN_ORDER:
    case OP_GET_CHAINED:
    case OP_GET_MANY:
    case OP_GET_BATCHED:
    case OP_GET_EACH:
    case OP_ITERATE:
        right = holds(workload, map, &sum) && sum == workload->checksum;
        break;
    default:
        right = holds(workload, map, &sum) && hamt_size(map) == workload->fill.count;
    }
    return right ? OUTCOME_OK : OUTCOME_WRONG;
}

/* ---- Samples ---- */

static bool make_traces(struct workload *workload, const struct keys *keys) {
    enum operation operation = workload->operation;
    size_t scale = keys->scale;
    if (!trace_make(&workload->fill, keys, POPULATION_PRESENT, ORDER_OF_PUT, scale))
        return false;
    if (fills(operation) || operation == OP_ITERATE)
        return true;
    if (operation == OP_MIX)
        return mix_make(&workload->mix, keys);
    bool absent = operation == OP_MISS || operation == OP_INSERT10;
    size_t count = operation == OP_INSERT10 ? (scale + 9) / 10 : scale;
    if (operation == OP_CHURN &&
        !trace_make(&workload->come, keys, POPULATION_ABSENT, ORDER_OF_USE, count))
        return false;
    return trace_make(&workload->use, keys, absent ? POPULATION_ABSENT : POPULATION_PRESENT,
                      operation == OP_GET_IN_ORDER ? ORDER_OF_PUT : ORDER_OF_USE, count);
}

/* The process's memory in bytes; negative: unknown. */
struct memory {
    double resident, large, allocated;
};

static struct memory memory_now(void) {
    return (struct memory){process_rss_bytes(), process_large_bytes(), process_allocated_bytes()};
}

static double grown(double before, double after, size_t entries) {
    return before >= 0 && after >= 0 ? (after - before) / (double)entries : -1;
}

/* Looks at a map that is full: it has just been filled, or each key has made place for another. */
static enum outcome look(struct workload *workload, const struct hamt *map, struct memory before) {
    if (!workload->sized) {
        struct memory after = memory_now();
        size_t entries = workload->fill.count;
        workload->rss_per_entry = grown(before.resident, after.resident, entries);
        workload->large_per_entry = grown(before.large, after.large, entries);
        workload->allocated_per_entry = grown(before.allocated, after.allocated, entries);
        hamt_stats(map, &workload->full);
        if (workload->allocated_per_entry >= 0) /* malloc does not know what the system gave */
            workload->allocated_per_entry += (double)workload->full.mapped / (double)entries;
        workload->sized = true;
    }
    return holds(workload, map, &workload->checksum) ? OUTCOME_OK : OUTCOME_WRONG;
}

/* ---- Operations that leave the map full: one map serves all repetitions ---- */

static bool keeps_map(enum operation operation) {
    return !fills(operation) && operation != OP_REMOVE && operation != OP_CHURN &&
           operation != OP_INSERT10;
}

/* Of those, all but these only ask, and check every answer. */
static bool only_asks(enum operation operation) {
    return keeps_map(operation) && operation != OP_UPDATE && operation != OP_MIX;
}

static enum outcome sample_one_map(struct workload *workload, uint64_t *ns) {
    uint64_t start = timer_ns();
    enum outcome outcome = operate(workload, workload->map);
    *ns = timer_ns() - start;
    return outcome;
}

/* ---- Operations that change the map: every repetition has a new one, in a new process ----
 *
 * A malloc that has served and freed hundreds of thousands of nodes hands out memory in another
 * order, and several times slower, than one that has not: the second map of a process is not the
 * first.  So each repetition runs in a child, forked while this process has made nothing but the
 * traces.  Small maps come in batches, one after the other, and none is freed. */

enum { BATCH_ENTRIES = 10000, BATCH_MAPS = 256 };

/* What a child finds out. */
struct report {
    enum outcome outcome;
    uint64_t ns;
    uint64_t checksum;
    bool sized;
    struct hamt_stats full;
    double rss_per_entry;
    double large_per_entry;
    double allocated_per_entry;
    double peak_rss_bytes;
    struct latencies latencies;
};

static size_t batch_size(const struct workload *workload) {
    size_t maps = BATCH_ENTRIES / workload->fill.count;
    return maps < 1 ? 1 : maps > BATCH_MAPS ? BATCH_MAPS : maps;
}

/* Fills a map and runs the operation on it, again and again.  *ns: what is under the clock. */
static enum outcome measure_batch(struct workload *workload, uint64_t *ns) {
    struct hamt *maps[BATCH_MAPS];
    size_t count = batch_size(workload);
    enum outcome outcome = OUTCOME_OK;
    *ns = 0;
    for (size_t i = 0; i < count && outcome == OUTCOME_OK; i++) {
        struct memory before = {-1, -1, -1};
        if (i == 0 && !workload->sized)
            before = memory_now();
        uint64_t start = timer_ns();
        outcome = fill(workload, &maps[i]);
        uint64_t filled = timer_ns();
        if (outcome == OUTCOME_OK && i == 0 && workload->operation != OP_CHURN)
            outcome = look(workload, maps[i], before);
        uint64_t full = timer_ns();
        if (outcome == OUTCOME_OK)
            outcome = operate(workload, maps[i]);
        *ns += fills(workload->operation) ? filled - start : timer_ns() - full;
        if (outcome == OUTCOME_OK && i == 0 && workload->operation == OP_CHURN)
            outcome = look(workload, maps[i], before);
    }
    /* Where filling is what is measured, nothing was done to the first since it was looked at. */
    for (size_t i = fills(workload->operation); i < count && outcome == OUTCOME_OK; i++)
        outcome = verify(workload, maps[i]);
    return outcome;
}

/* The same in a child.  Of what the child does to memory nothing remains. */
static enum outcome measure_batch_apart(struct workload *workload, uint64_t *ns) {
    struct report *report = process_shared(sizeof *report);
    if (!report)
        return OUTCOME_NO_MEMORY;
    *report = (struct report){.outcome = OUTCOME_NO_ANSWER}; /* unless the child says otherwise */
    if (process_fork_and_wait()) {
        report->outcome = measure_batch(workload, &report->ns);
        report->checksum = workload->checksum;
        report->sized = workload->sized;
        report->full = workload->full;
        report->rss_per_entry = workload->rss_per_entry;
        report->large_per_entry = workload->large_per_entry;
        report->allocated_per_entry = workload->allocated_per_entry;
        report->peak_rss_bytes = process_peak_rss_bytes();
        report->latencies = workload->latencies;
        process_child_ends();
    }
    enum outcome outcome = report->outcome;
    *ns = report->ns;
    workload->checksum = report->checksum;
    workload->sized = report->sized;
    workload->full = report->full;
    workload->rss_per_entry = report->rss_per_entry;
    workload->large_per_entry = report->large_per_entry;
    workload->allocated_per_entry = report->allocated_per_entry;
    workload->latencies = report->latencies;
    if (report->peak_rss_bytes > workload->peak_rss_bytes)
        workload->peak_rss_bytes = report->peak_rss_bytes;
    process_unmap(report, sizeof *report);
    return outcome;
}

/* ---- Beginning, sampling, checking ---- */

/* One repetition, or a batch of them. */
static enum outcome repeat(struct workload *workload, uint64_t *ns) {
    return keeps_map(workload->operation) ? sample_one_map(workload, ns)
                                          : measure_batch_apart(workload, ns);
}

enum outcome workload_begin(struct workload *workload, enum operation operation,
                            const struct keys *keys, const struct hamt_config *config) {
    enum outcome outcome = OUTCOME_OK;
    *workload = (struct workload){.operation = operation, .config = *config};
    if (!make_traces(workload, keys))
        return OUTCOME_NO_MEMORY;
    if (workload_has_latencies(operation))
        workload->clock = latency_clock();
    if (keeps_map(operation)) {
        struct memory before = memory_now();
        outcome = fill(workload, &workload->map);
        if (outcome == OUTCOME_OK)
            outcome = look(workload, workload->map, before);
    }
    return outcome == OUTCOME_OK ? workload_warm(workload) : outcome;
}

enum outcome workload_warm(struct workload *workload) {
    uint64_t ns;
    return repeat(workload, &ns);
}

enum outcome workload_sample(struct workload *workload, struct sample *sample) {
    size_t maps = keeps_map(workload->operation) ? 1 : batch_size(workload);
    uint64_t total = 0, ns;
    *sample =
        (struct sample){.ops = workload->use.count ? workload->use.count : workload->fill.count};
    workload->latencies = (struct latencies){0};
    while (total < SAMPLE_NS) {
        enum outcome outcome = repeat(workload, &ns);
        if (outcome != OUTCOME_OK)
            return outcome;
        total += ns;
        sample->repeats += maps;
    }
    sample->ns_per_op = (double)total / (double)sample->repeats / (double)sample->ops;
    double peak = process_peak_rss_bytes();
    if (peak > workload->peak_rss_bytes)
        workload->peak_rss_bytes = peak;
    return workload->map && !only_asks(workload->operation) ? verify(workload, workload->map)
                                                            : OUTCOME_OK;
}

enum outcome workload_check(const struct workload *workload) {
    return only_asks(workload->operation) ? verify(workload, workload->map) : OUTCOME_OK;
}
