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
#include "arguments.h"
#include "compiler.h"
#include "identity.h"
#include "inside.h"
#include "process.h"
#include "splitmix.h"
#include "steps.h"
#include "timer.h"
#include "trace.h"
#include "versions.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXIT_WRONG = 1, EXIT_NO_MEMORY = 3 };

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

/* ---- Arguments ---- */

struct request {
    enum operation operation;
    struct keys keys;
    uint64_t scale, seed, versions, every, differ;
    bool steps;
};

static const struct argument own[] = {
    {"versions", ARGUMENT_PARAMETER, offsetof(struct request, versions), 1, 1000000, 1000},
    {"every", ARGUMENT_PARAMETER, offsetof(struct request, every), 1, 1000000, 1},
    {"differ", ARGUMENT_PARAMETER, offsetof(struct request, differ), 1, 100000000, 100},
};
enum { OWN_COUNT = sizeof own / sizeof *own };

/* A pattern that needs no file. */
enum { NAMED_PATTERNS = PATTERN_FILE };

static const char usage[] =
    "usage: versions --op snapshot|drop|put|version|diff|merge|equal\n"
    "                --pattern sequential|shuffled|random --scale N --seed N\n"
    "                [--steps] [--versions N] [--every N] [--differ N]\n"
    "       versions --describe\n"
    "N of --differ: at most that of --scale\n";

static void print_line(json_t *object) {
    json_dumpf(object, stdout, JSON_COMPACT | JSON_REAL_PRECISION(17));
    putchar('\n');
    fflush(stdout);
    json_decref(object);
}

static json_t *names_json(const char *const *names, int count) {
    json_t *array = json_array();
    for (int i = 0; i < count; i++)
        json_array_append_new(array, json_string(names[i]));
    return array;
}

/* What every line repeats, so that the runner knows whose it is. */
static json_t *identity(void) {
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "variant", CELL_VARIANT, "composition",
                     CELL_COMPOSITION, "hash", CELL_HASH, "key", CELL_KEY, "compiler",
                     CELL_COMPILER, "cflags", CELL_FLAGS);
}

static void describe(void) {
    json_t *ranges = json_object();
    for (int i = 0; i < OWN_COUNT; i++)
        json_object_set_new(ranges, own[i].name,
                            json_pack("{s:I, s:I, s:I}", "low", (json_int_t)own[i].low, "high",
                                      (json_int_t)own[i].high, "default",
                                      (json_int_t)own[i].otherwise));
    print_line(json_pack("{s:s, s:o, s:o, s:o, s:b, s:o}", "program", "versions", "identity",
                         identity(), "operations", names_json(operation_names, OPERATIONS),
                         "patterns", names_json(pattern_names, NAMED_PATTERNS), "steps", 1,
                         "parameters", ranges));
}

static struct request read_request(int argc, char **argv) {
    static const struct arguments arguments = {.program = "versions",
                                               .usage = usage,
                                               .operations = operation_names,
                                               .operation_count = OPERATIONS,
                                               .patterns = pattern_names,
                                               .pattern_count = NAMED_PATTERNS,
                                               .scale_least = 1,
                                               .scale_most = 1000000000,
                                               .own = own,
                                               .own_count = OWN_COUNT,
                                               .describe = describe};
    struct asked asked;
    struct request request;
    arguments_read(&arguments, argc, argv, &asked, &request);
    if (request.differ > asked.scale)
        arguments_refuse_number(&arguments, "differ", request.differ,
                                "wanted no more than --scale");
    request.operation = (enum operation)asked.operation;
    request.keys = (struct keys){
        .pattern = (enum pattern)asked.pattern, .scale = asked.scale, .seed = asked.seed};
    request.scale = asked.scale;
    request.seed = asked.seed;
    request.steps = asked.steps;
    return request;
}

/* ---- Maps ---- */

_Noreturn static void fail(const struct request *request, int status, const char *reason) {
    fprintf(stderr, "versions: %s %s at %" PRIu64 ": %s\n", CELL_VARIANT,
            operation_names[request->operation], request->scale, reason);
    exit(status);
}

struct bench {
    const struct request *request;
    struct trace fill, use;
    struct hamt *map;       /* full; what changes it has put everything back by the next sample */
    struct hamt **versions; /* request->versions of them, NULL where there is none */
    uint64_t filled;        /* sum of all values that the map was filled with */
    double rss_per_version, allocated_per_version;
};

static void demand(const struct bench *bench, const void *made) {
    if (!made)
        fail(bench->request, EXIT_NO_MEMORY, "out of memory");
}

static void check(const struct bench *bench, bool right) {
    if (!right)
        fail(bench->request, EXIT_WRONG, "the map gave a wrong answer");
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
        fail(bench->request, EXIT_NO_MEMORY, "out of memory, or a key was missing");
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
    const struct hamt_config config = {.hash_seed = request->seed, .pool_slots = 65536};
    if (!trace_make(&bench->fill, &request->keys, POPULATION_PRESENT, ORDER_OF_PUT,
                    request->scale) ||
        !trace_make(&bench->use, &request->keys, POPULATION_PRESENT, ORDER_OF_USE, request->scale))
        demand(bench, NULL);
    bench->versions = process_pages(request->versions * sizeof *bench->versions);
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
    for (uint64_t i = 0; i < bench->request->versions; i++) {
        if (kept)
            bench->versions[i] = snapshot(bench, bench->map);
        for (uint64_t j = 0; j < bench->request->every; j++)
            put(bench, bench->map, number++, 1);
    }
}

/* Takes back what make_versions put; that the oldest version is as the map was, and the map has
 * what was put, is checked. */
static void unmake_versions(struct bench *bench, bool kept) {
    uint64_t puts = bench->request->versions * bench->request->every;
    uint64_t changed = puts < bench->use.count ? puts : bench->use.count;
    check(bench, sum(bench->map) == bench->filled + changed);
    check(bench, !kept || sum(bench->versions[0]) == bench->filled);
    for (uint64_t i = 0; i < changed; i++)
        put(bench, bench->map, i, 0);
}

/* In random order, so that some are dropped between two that stay. */
static void shuffle_versions(struct bench *bench) {
    uint64_t state = bench->request->seed;
    for (uint64_t left = bench->request->versions; left > 1; left--) {
        size_t at = splitmix_below(&state, left);
        struct hamt *version = bench->versions[at];
        bench->versions[at] = bench->versions[left - 1];
        bench->versions[left - 1] = version;
    }
}

static void drop_versions(struct bench *bench) {
    for (uint64_t i = 0; i < bench->request->versions; i++) {
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

struct sample {
    uint64_t ns, operations, repeats;
};

/* Two maps: does the operation until the clock has run long enough. */
static void sample_of_two(struct bench *bench, struct sample *sample) {
    enum operation operation = bench->request->operation;
    uint64_t differ = bench->request->differ;
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
        for (uint64_t i = 0; i < request->versions; i++)
            bench->versions[i] = snapshot(bench, bench->map);
    else
        make_versions(bench, kept);
    sample->ns = timer_ns() - start;
    sample->operations = request->versions;
    sample->repeats = 1;
    if (request->operation == OP_PUT || request->operation == OP_VERSION)
        sample->operations *= request->every;
    if (request->operation == OP_SNAPSHOT)
        check(bench, sum(bench->versions[request->versions - 1]) == bench->filled);
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

/* Bytes that the map and its versions have from the system without malloc. */
static double mapped_bytes(const struct bench *bench) {
    struct hamt_stats stats;
    hamt_stats(bench->map, &stats);
    size_t sum = stats.mapped;
    for (uint64_t i = 0; i < bench->request->versions && bench->versions[i]; i++) {
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
    double versions = (double)bench->request->versions;
    double resident = process_rss_bytes(), allocated = process_allocated_bytes();
    double mapped = mapped_bytes(bench);
    make_versions(bench, true);
    if (allocated >= 0)
        bench->allocated_per_version =
            (process_allocated_bytes() - allocated + mapped_bytes(bench) - mapped) / versions;
    bench->rss_per_version = (process_rss_bytes() - resident) / versions;
    unmake_versions(bench, true);
    drop_versions(bench);
}

static void print_sample(const struct bench *bench, const struct sample *sample, uint64_t number) {
    const struct request *request = bench->request;
    char checksum[24];
    snprintf(checksum, sizeof checksum, "0x%016" PRIx64, bench->filled);
    double each = (double)sample->ns / (double)sample->repeats / (double)sample->operations;
    json_t *values = json_object();
    if (bench->rss_per_version > 0)
        json_object_set_new(values, "rss_per_version", json_real(bench->rss_per_version));
    if (bench->allocated_per_version > 0)
        json_object_set_new(values, "allocated_per_version",
                            json_real(bench->allocated_per_version));
    json_t *line = json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:s, s:f, s:I, s:I, s:o}", "op",
                             operation_names[request->operation], "pattern",
                             pattern_names[request->keys.pattern], "allocator", process_allocator(),
                             "scale", (json_int_t)request->scale, "seed", (json_int_t)request->seed,
                             "sample", (json_int_t)number, "checksum", checksum, "ns_per_op", each,
                             "ops", (json_int_t)sample->operations, "repeats",
                             (json_int_t)sample->repeats, "values", values);
    json_object_update_new(line, identity());
    print_line(line);
}

int main(int argc, char **argv) {
    struct request request = read_request(argc, argv);
    struct bench bench;
    begin(&bench, &request);
    warm_up(&bench);
    if (request.steps)
        steps_ready();
    for (uint64_t number = 0; request.steps ? steps_go("versions") : number < 1; number++) {
        struct sample sample = take_sample(&bench);
        print_sample(&bench, &sample, number);
    }
    hamt_destroy(bench.map);
    trace_free(&bench.use);
    trace_free(&bench.fill);
    process_unmap(bench.versions, request.versions * sizeof *bench.versions);
    return 0;
}
