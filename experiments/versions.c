/* versions.c - what versions of a map cost: snapshots, puts after them, memory, diffs, merges.
 *
 * It is a cell (experiments/cell.c tells of the protocol), compiled once for each composition, hash
 * and kind of key.  A map is filled with `scale` keys of the pattern.  The operations:
 *
 *     snapshot   take `versions` snapshots of the map, which does not change
 *     drop       destroy them again, those and what was put into each: `every` puts
 *     put        give keys that are there other values, `versions` times `every` of them
 *     version    the same with a snapshot before each `every` of them, all kept: an operation is a
 *                put, and a share in a snapshot
 *     diff       visit the `differ` entries whose values differ in the map and a snapshot
 *     merge      make a third map of the two
 *     equal      compare a map with a snapshot of it: for `differ` keys the values that they had
 *                were put again, so no entry differs, but nodes do
 *
 * Beside ns_per_op a sample of `drop` or `version` has two values: what all versions take, over
 * their number.  rss_per_version is memory that became resident while they were made, of which
 * places that were free before are no part; allocated_per_version what malloc has handed out, its
 * headers included, where malloc tells, and what maps have from the system without it.  The
 * versions are made once before the samples for that, which then find the allocator warm, and what
 * it has got.
 *
 * Every answer is checked after the clock has stopped: the oldest version against what the map was
 * filled with, the newest against what was put, the number of differences.
 *
 * Exit status: 0; 1 for a wrong answer; 2 for a bad argument; 3 without memory. */
#include "inside.h"
#include "process.h"
#include "request.h"
#include "splitmix.h"
#include "steps.h"
#include "timer.h"
#include "trace.h"
#include "versions.h"

static const uint64_t clock_least =
    1000 * 1000; /* ns of a sample; what takes longer is done once */

enum operation {
    OP_SNAPSHOT,
    OP_DROP,
    OP_PUT,
    OP_VERSION,
    OP_DIFF,
    OP_MERGE,
    OP_EQUAL,
    OPERATIONS
};
static const char *const operation_names[OPERATIONS] = {"snapshot", "drop",  "put",  "version",
                                                        "diff",     "merge", "equal"};

/* The parameters, in their order. */
enum { VERSIONS, EVERY, DIFFER };
static const struct parameter parameters[] = {[VERSIONS] = {"versions", 1, 1000000, 1000},
                                              [EVERY] = {"every", 1, 1000000, 1},
                                              [DIFFER] = {"differ", 1, 100000000, 100}};

static const struct program program = {
    .name = "versions",
    .usage = "usage: versions --op snapshot|drop|put|version|diff|merge|equal\n"
             "                --pattern sequential|shuffled|random --scale N --seed N\n"
             "                [--steps] [--versions N] [--every N] [--differ N]\n"
             "       versions --describe\n"
             "N of --differ: at most that of --scale\n",
    .operations = operation_names,
    .operation_count = OPERATIONS,
    .parameters = parameters,
    .parameter_count = sizeof parameters / sizeof *parameters,
};

/* ---- Maps ---- */

struct bench {
    const struct request *request;
    struct trace fill, use;
    struct hamt *map;       /* full; what changes it has put everything back by the next sample */
    struct hamt **versions; /* request->parameter[VERSIONS] of them, NULL where there is none */
    uint64_t filled;        /* sum of all values that the map was filled with */
    double rss_per_version, allocated_per_version;
};

static void demand(const struct bench *bench, const void *made) {
    if (!made)
        request_fail(bench->request, EXIT_NO_MEMORY, "out of memory");
}

static void check(const struct bench *bench, bool right) {
    if (!right)
        request_fail(bench->request, EXIT_WRONG, "the map gave a wrong answer");
}

static inline struct hamt *snapshot(const struct bench *bench, struct hamt *map) {
    struct hamt *made = hamt_snapshot(map);
    demand(bench, made);
    return made;
}

/* Gives the key of step `number` of those that are used, one round after another, its value and
 * `more`. */
static inline void put(const struct bench *bench, struct hamt *map, uint64_t number,
                       uint64_t more) {
    const struct step *step = &bench->use.steps[number % bench->use.count];
    if (hamt_put(map, step->key, step->value + more) != HAMT_REPLACED)
        request_fail(bench->request, EXIT_NO_MEMORY, "out of memory, or a key was missing");
}

static bool add(hamt_key key, uint64_t value, void *context) {
    (void)key;
    *(uint64_t *)context += value;
    return true;
}

static uint64_t sum(const struct hamt *map) {
    uint64_t total = 0;
    hamt_each(map, add, &total);
    return total;
}

static void begin(struct bench *bench, const struct request *request) {
    *bench = (struct bench){.request = request};
    const struct hamt_config config = request_config(request);
    if (!trace_make(&bench->fill, &request->keys, POPULATION_PRESENT, ORDER_OF_PUT,
                    request->keys.scale) ||
        !trace_make(&bench->use, &request->keys, POPULATION_PRESENT, ORDER_OF_USE,
                    request->keys.scale))
        demand(bench, NULL);
    bench->versions = process_pages(request->parameter[VERSIONS] * sizeof *bench->versions);
    demand(bench, bench->versions);
    bench->map = hamt_create(&config);
    demand(bench, bench->map);
    for (size_t i = 0; i < bench->fill.count; i++)
        if (hamt_put(bench->map, bench->fill.steps[i].key, bench->fill.steps[i].value) != HAMT_NEW)
            demand(bench, NULL);
    bench->filled = sum(bench->map);
}

/* ---- What is measured ---- */

/* Puts into the map, and before each `every` puts keeps a version, if `kept`. */
static void make_versions(struct bench *bench, bool kept) {
    uint64_t number = 0;
    for (uint64_t i = 0; i < bench->request->parameter[VERSIONS]; i++) {
        if (kept)
            bench->versions[i] = snapshot(bench, bench->map);
        for (uint64_t j = 0; j < bench->request->parameter[EVERY]; j++)
            put(bench, bench->map, number++, 1);
    }
}

/* Takes back what make_versions put; that the oldest version is as the map was, and the map has
 * what was put, is checked. */
static void unmake_versions(struct bench *bench, bool kept) {
    uint64_t puts = bench->request->parameter[VERSIONS] * bench->request->parameter[EVERY];
    uint64_t changed = puts < bench->use.count ? puts : bench->use.count;
    check(bench, sum(bench->map) == bench->filled + changed);
    check(bench, !kept || sum(bench->versions[0]) == bench->filled);
    for (uint64_t i = 0; i < changed; i++)
        put(bench, bench->map, i, 0);
}

/* In random order, so that some are dropped between two that stay. */
static void shuffle_versions(struct bench *bench) {
    uint64_t state = bench->request->seed;
    for (uint64_t left = bench->request->parameter[VERSIONS]; left > 1; left--) {
        size_t at = splitmix_below(&state, left);
        struct hamt *version = bench->versions[at];
        bench->versions[at] = bench->versions[left - 1];
        bench->versions[left - 1] = version;
    }
}

static void drop_versions(struct bench *bench) {
    for (uint64_t i = 0; i < bench->request->parameter[VERSIONS]; i++) {
        hamt_destroy(bench->versions[i]);
        bench->versions[i] = NULL;
    }
}

static bool count_change(hamt_key key, const uint64_t *before, const uint64_t *after,
                         void *context) {
    (void)key;
    *(uint64_t *)context += before && after && *after == *before + 1;
    return true;
}

static uint64_t take_after(hamt_key key, uint64_t a, uint64_t b, void *context) {
    (void)key, (void)a, (void)context;
    return b;
}

/* Two maps: does the operation until the clock has run long enough. */
static void sample_of_two(struct bench *bench, struct sample *sample) {
    enum operation operation = bench->request->operation;
    uint64_t differ = bench->request->parameter[DIFFER];
    struct hamt *before = snapshot(bench, bench->map);
    for (uint64_t i = 0; i < differ; i++)
        put(bench, bench->map, i, operation == OP_EQUAL ? 0 : 1);
    while (sample->ns < clock_least) {
        uint64_t counted = 0;
        struct hamt *merged = NULL;
        bool same = true;
        uint64_t start = timer_ns();
        if (operation == OP_DIFF)
            same = hamt_diff(before, bench->map, count_change, &counted);
        else if (operation == OP_MERGE)
            merged = hamt_merge(before, bench->map, take_after, NULL);
        else
            same = hamt_equal(before, bench->map);
        sample->ns += timer_ns() - start;
        sample->repeats++;
        check(bench, same && (operation != OP_DIFF || counted == differ));
        if (operation == OP_MERGE) {
            demand(bench, merged);
            check(bench, hamt_equal(merged, bench->map));
            hamt_destroy(merged);
        }
    }
    for (uint64_t i = 0; i < differ; i++)
        put(bench, bench->map, i, 0);
    hamt_destroy(before);
}

static void sample_of_many(struct bench *bench, struct sample *sample) {
    const struct request *request = bench->request;
    bool kept = request->operation != OP_PUT;
    uint64_t start = timer_ns();
    if (request->operation == OP_SNAPSHOT)
        for (uint64_t i = 0; i < request->parameter[VERSIONS]; i++)
            bench->versions[i] = snapshot(bench, bench->map);
    else
        make_versions(bench, kept);
    sample->ns = timer_ns() - start;
    sample->operations = request->parameter[VERSIONS];
    sample->repeats = 1;
    if (request->operation == OP_PUT || request->operation == OP_VERSION)
        sample->operations *= request->parameter[EVERY];
    if (request->operation == OP_SNAPSHOT)
        check(bench, sum(bench->versions[request->parameter[VERSIONS] - 1]) == bench->filled);
    else
        unmake_versions(bench, kept);
    shuffle_versions(bench);
    start = timer_ns();
    drop_versions(bench);
    if (request->operation == OP_DROP)
        sample->ns = timer_ns() - start;
}

static struct sample take_sample(struct bench *bench) {
    struct sample sample = {.operations = 1};
    if (bench->request->operation >= OP_DIFF)
        sample_of_two(bench, &sample);
    else
        sample_of_many(bench, &sample);
    return sample;
}

/* Bytes that the map and its versions have from the system without malloc.  A layout whose map has
 * none gives its versions none, so they are left alone: each would be walked, and so fetched into
 * the caches, for a sum of nothing.  Versions that share have in common what the map has. */
static double mapped_bytes(const struct bench *bench) {
    struct hamt_stats stats;
    hamt_stats(bench->map, &stats);
    size_t sum = stats.mapped;
    bool apart = sum > 0 && !(hamt_traits() & HAMT_SHARES);
    for (uint64_t i = 0; apart && i < bench->request->parameter[VERSIONS] && bench->versions[i];
         i++) {
        hamt_stats(bench->versions[i], &stats);
        sum += stats.mapped;
    }
    return (double)sum;
}

/* Once, off the record. */
static void warm_up(struct bench *bench) {
    bool kept = bench->request->operation == OP_VERSION || bench->request->operation == OP_DROP;
    if (!kept) {
        take_sample(bench);
        return;
    }
    double versions = (double)bench->request->parameter[VERSIONS];
    double resident = process_rss_bytes(), allocated = process_allocated_bytes();
    double mapped = mapped_bytes(bench);
    make_versions(bench, true);
    bench->rss_per_version = (process_rss_bytes() - resident) / versions;
    if (allocated >= 0)
        bench->allocated_per_version =
            (process_allocated_bytes() - allocated + mapped_bytes(bench) - mapped) / versions;
    unmake_versions(bench, true);
    drop_versions(bench);
}

static json_t *values_json(const struct bench *bench) {
    json_t *values = json_object();
    if (bench->rss_per_version > 0)
        json_object_set_new(values, "rss_per_version", json_real(bench->rss_per_version));
    if (bench->allocated_per_version > 0)
        json_object_set_new(values, "allocated_per_version",
                            json_real(bench->allocated_per_version));
    return values;
}

int main(int argc, char **argv) {
    struct request request = request_read(&program, argc, argv);
    if (request.parameter[DIFFER] > request.keys.scale)
        request_refuse(&request, "differ", request.parameter[DIFFER],
                       "wanted no more than --scale");
    struct bench bench;
    begin(&bench, &request);
    warm_up(&bench);
    if (request.steps)
        steps_ready();
    for (uint64_t number = 0; request.steps ? steps_go("versions") : number < 1; number++) {
        struct sample sample = take_sample(&bench);
        request_print(&request, &sample, number, bench.filled, values_json(&bench));
    }
    hamt_destroy(bench.map);
    trace_free(&bench.use);
    trace_free(&bench.fill);
    process_unmap(bench.versions, request.parameter[VERSIONS] * sizeof *bench.versions);
    return 0;
}
