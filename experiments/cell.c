/* cell.c - the measuring program: one process, one cell.
 *
 * It is compiled once for each composition, hash and kind of key, runs one operation on one pattern
 * of keys at one scale, and prints each sample as a JSON object on a line of its own.  What it
 * links is the map itself behind the functions of hamt.h, as any user of a library would.
 *
 * It speaks the protocol of all cells, programs that the runner measures with:
 * - with --describe it prints what it is and can do: the kind of program, its identity, operations,
 *   patterns, and parameters with their ranges and defaults (a parameter pool_slots is the option
 *   --pool-slots); "warm":true says that it knows the line of that name;
 * - with --steps it prepares, prints {"ready":true}, takes one sample for each line "go" on stdin,
 *   and ends at "end", or at the end of stdin.  For a line "warm" it runs the operation once,
 *   neither times nor prints it, and waits for the next line.  It may wait long: others that are
 *   alive as well take their turns meanwhile.
 * A sample's line says the identity, op, pattern, scale, seed, the allocator that serves the
 * process, the parameters that it was given and the sample's number; then times (as here), or
 * "values", an object of numbers, or both.  The tree is in the first line alone.  A process that
 * finds its map wrong at the end exits with 1, whatever it has printed. */
#include "arguments.h"
#include "delay.h"
#include "hamt.h"
#include "hash.h"
#include "identity.h"
#include "line.h"
#include "line_json.h"
#include "process.h"
#include "random.h"
#include "steps.h"
#include "trace.h"
#include "workload.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* identity.h is written by the build (line.c tells what is in it); a lineup has CELL_POOL_SLOTS. */
#ifndef CELL_POOL_SLOTS
#define CELL_POOL_SLOTS 65536
#endif

struct request {
    enum operation operation;
    struct keys keys;
    const char *pattern; /* as it is told: the pattern's name, or the file's label */
    uint64_t samples;    /* SAMPLES_AS_TOLD: one for each "go" */
    uint64_t seed;       /* that of the keys, unless they have one of their own */
    struct hamt_config config;
    struct delay delay;
};

enum { SAMPLES_AS_TOLD = 0 };

/* ---- Arguments ---- */

static const char usage[] =
    "usage: cell --op OPERATION --pattern PATTERN --scale N --seed S --samples K|--steps\n"
    "            [--keys FILE] [--shuffle-file 0|1] [--pool-slots N] [--size-hint N]\n"
    "            [--hash-seed N] [--keys-seed N] [--delay STEPS | --delay-percent N]\n"
    "       cell --identity | --describe, which names the operations and patterns\n";

#define SEED_MOST (UINT64_C(1) << 53) /* of keys: doubles, which read JSON, have it */

/* Options as they are given, of which a request is made. */
struct given {
    const char *keys;
    uint64_t samples, pool_slots, size_hint, hash_seed, keys_seed, shuffle_file;
    struct delay delay;
};

/* Without a seed of their own keys have the block's, and a keyed hash has one by chance. */
enum { OWN_DELAY, OWN_DELAY_PERCENT, OWN_COUNT = 9 };
static struct argument own[OWN_COUNT] = {
    [OWN_DELAY] = {"delay", ARGUMENT_NUMBER, offsetof(struct given, delay.steps), 0, 0, 0},
    [OWN_DELAY_PERCENT] = {"delay_percent", ARGUMENT_NUMBER, offsetof(struct given, delay.percent),
                           0, 0, 0},
    {"pool_slots", ARGUMENT_PARAMETER, offsetof(struct given, pool_slots), 0, UINT64_C(1) << 40,
     CELL_POOL_SLOTS},
    {"shuffle_file", ARGUMENT_PARAMETER, offsetof(struct given, shuffle_file), 0, 1, 0},
    {"keys_seed", ARGUMENT_OPEN, offsetof(struct given, keys_seed), 0, SEED_MOST, 0},
    {"hash_seed", ARGUMENT_OPEN, offsetof(struct given, hash_seed), 0, INT64_MAX, 0},
    {"samples", ARGUMENT_NUMBER, offsetof(struct given, samples), 1, 1000000, 0},
    {"size_hint", ARGUMENT_NUMBER, offsetof(struct given, size_hint), 0, UINT64_C(1) << 40, 0},
    {"keys", ARGUMENT_TEXT, offsetof(struct given, keys), 0, 0, 0},
};

static const struct arguments arguments = {.program = "cell",
                                           .usage = usage,
                                           .operations = operation_names,
                                           .operation_count = OPERATIONS,
                                           .patterns = pattern_names,
                                           .pattern_count = PATTERNS,
                                           .scale_least = 1,
                                           .scale_most = 1000000000,
                                           .own = own,
                                           .own_count = OWN_COUNT,
                                           .kind = delay_program,
                                           .warm = true,
                                           .has_operation = delay_can};

/* The file that --pattern file takes its keys from. */
static const struct keyfile *read_keys(const struct request *request, const char *path) {
    static struct keyfile file;
    const char *operation = operation_names[request->operation];
    if (!path)
        arguments_refuse(&arguments, "pattern", "file", "--keys says which");
    if (request->keys.pattern != PATTERN_FILE)
        arguments_refuse(&arguments, "keys", path, "--pattern file takes keys from it");
    if (!keyfile_read(&file, path, strcmp(CELL_KEY, "u64") == 0)) {
        fprintf(stderr, "cell: --keys %s%s\n", path, file.complaint);
        exit(EXIT_USAGE);
    }
    if (keyfile_needed(operation, request->keys.scale) > file.count) {
        fprintf(stderr, "cell: --keys %s: %s needs %" PRIu64 " keys, it has %zu\n", path, operation,
                keyfile_needed(operation, request->keys.scale), file.count);
        exit(EXIT_USAGE);
    }
    return &file;
}

/* In the program that has a delay it is a parameter; no other can be told of one but 0. */
static void own_delay(int place, uint64_t most) {
    own[place].kind = most ? ARGUMENT_PARAMETER : ARGUMENT_NUMBER;
    own[place].high = most;
}

static struct request read_arguments(int argc, char **argv) {
    const uint64_t open = UINT64_MAX;
    struct asked asked;
    own_delay(OWN_DELAY, delay_steps_most);
    own_delay(OWN_DELAY_PERCENT, delay_percent_most);
    struct given given = {.samples = 1, .keys_seed = open};
    if (HASH_KEYED && !random_number(&given.hash_seed)) {
        fprintf(stderr, "cell: the system gives no random number to seed %s with\n", CELL_HASH);
        exit(EXIT_USAGE);
    }
    given.hash_seed >>= 1; /* JSON and SQL have no integers above 2^63 - 1 */
    arguments_read(&arguments, argc, argv, &asked, &given);
    struct request request = {
        .operation = (enum operation)asked.operation,
        .keys = {.pattern = (enum pattern)asked.pattern,
                 .shuffle_file = given.shuffle_file,
                 .scale = asked.scale,
                 .seed = given.keys_seed == open ? asked.seed : given.keys_seed},
        .samples = asked.steps ? SAMPLES_AS_TOLD : given.samples,
        .seed = asked.seed,
        .config = {.hash_seed = given.hash_seed,
                   .pool_slots = given.pool_slots,
                   .size_hint = given.size_hint},
        .delay = given.delay};
    if (given.keys || request.keys.pattern == PATTERN_FILE)
        request.keys.file = read_keys(&request, given.keys);
    request.pattern =
        request.keys.file ? request.keys.file->label : pattern_names[request.keys.pattern];
    return request;
}

/* ---- Results ---- */

static json_t *counts(const size_t *count, size_t length) {
    json_t *array = json_array();
    for (size_t i = 0; i < length; i++)
        json_array_append_new(array, json_integer((json_int_t)count[i]));
    return array;
}

static json_t *tree_json(const struct hamt_stats *tree) {
    return json_pack(
        "{s:I, s:I, s:I, s:I, s:I, s:f, s:o, s:o, s:o,"
        " s:{s:I, s:I, s:I, s:I, s:I}, s:I, s:{s:I, s:I, s:I, s:I, s:I}}",
        "entries", (json_int_t)tree->entries, "inner_nodes", (json_int_t)tree->inner_nodes,
        "leaves", (json_int_t)tree->leaves, "child_pointers", (json_int_t)tree->child_pointers,
        "depth_max", (json_int_t)tree->depth_max, "depth_mean",
        tree->entries ? (double)tree->depth_sum / (double)tree->entries : 0.0, "children",
        counts(tree->children, HAMT_FAN_OUT + 1), "inner_at_level",
        counts(tree->inner_at_level, HAMT_LEVELS), "leaves_at_level",
        counts(tree->leaves_at_level, HAMT_LEVELS), "bytes", "map",
        (json_int_t)tree->bytes[HAMT_BYTES_MAP], "nodes", (json_int_t)tree->bytes[HAMT_BYTES_NODES],
        "children", (json_int_t)tree->bytes[HAMT_BYTES_CHILDREN], "entries",
        (json_int_t)tree->bytes[HAMT_BYTES_ENTRIES], "keys",
        (json_int_t)tree->bytes[HAMT_BYTES_KEYS], "blocks", (json_int_t)tree->blocks, "pool",
        "allocations", (json_int_t)tree->pool_allocations, "fallbacks",
        (json_int_t)tree->pool_fallbacks, "slots_used", (json_int_t)tree->pool_slots_used,
        "slots_live", (json_int_t)tree->pool_slots_live, "slots_capacity",
        (json_int_t)tree->pool_slots_capacity);
}

/* As the map accounts for them; of one that does not, a peer, as much as became resident. */
static double bytes_per_entry(const struct workload *workload) {
    if (hamt_traits() & HAMT_ACCOUNTS)
        return (double)hamt_stats_bytes(&workload->full) / (double)workload->fill.count;
    return workload->rss_per_entry < 0 ? 0 : workload->rss_per_entry;
}

/* In nanoseconds; clock and clock_step are what its reading takes, which is in each of the others,
 * and how precise it is. */
static json_t *latencies_json(const struct workload *workload) {
    const struct latencies *latencies = &workload->latencies;
    const struct {
        const char *name;
        uint64_t ticks;
    } values[] = {{"p50", latency_of_share(latencies, 0.5)},
                  {"p99", latency_of_share(latencies, 0.99)},
                  {"p99.9", latency_of_share(latencies, 0.999)},
                  {"p99.99", latency_of_share(latencies, 0.9999)},
                  {"worst", latencies->longest},
                  {"clock", workload->clock.reading},
                  {"clock_step", workload->clock.step}};
    json_t *object = json_object();
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        json_object_set_new(object, values[i].name,
                            json_real((double)values[i].ticks * workload->clock.tick_ns));
    return object;
}

/* What is told beside times, an object of numbers. */
static json_t *values_json(const struct workload *workload) {
    json_t *values =
        workload_has_latencies(workload->operation) ? latencies_json(workload) : json_object();
    json_t *delay = delay_values();
    json_object_set_new(values, "waits", json_integer((json_int_t)process_waits()));
    if (workload->large_per_entry >= 0)
        json_object_set_new(values, "large_per_entry", json_real(workload->large_per_entry));
    if (workload->allocated_per_entry >= 0)
        json_object_set_new(values, "allocated_per_entry",
                            json_real(workload->allocated_per_entry));
    if (delay)
        json_object_update_new(values, delay);
    return values;
}

static void print_sample(const struct request *request, const struct workload *workload,
                         const struct sample *sample, uint64_t number) {
    char checksum[24];
    snprintf(checksum, sizeof checksum, "0x%016" PRIx64, workload->checksum);
    json_t *rss = workload->rss_per_entry < 0 ? json_null() : json_real(workload->rss_per_entry);
    line_begin(operation_names[request->operation], request->pattern, request->keys.scale,
               request->seed, number);
    line_add(json_pack(
        "{s:I, s:I, s:f, s:I, s:I, s:f, s:f, s:o, s:s, s:o*, s:o}", "hash_seed",
        (json_int_t)request->config.hash_seed, "pool_slots", (json_int_t)request->config.pool_slots,
        "ns_per_op", sample->ns_per_op, "ops", (json_int_t)sample->ops, "repeats",
        (json_int_t)sample->repeats, "bytes_per_entry", bytes_per_entry(workload), "peak_rss_bytes",
        workload->peak_rss_bytes, "rss_per_entry", rss, "checksum", checksum, "tree",
        number == 0 ? tree_json(&workload->full) : NULL, "values", values_json(workload)));
    line_end();
}

static int fail(const struct request *request, enum outcome outcome) {
    static const struct {
        int status;
        const char *words;
    } ends[] = {
        [OUTCOME_WRONG] = {EXIT_WRONG, "the map gave a wrong answer"},
        [OUTCOME_NO_MEMORY] = {EXIT_NO_MEMORY, "out of memory"},
        [OUTCOME_NO_ANSWER] = {EXIT_NO_ANSWER, "the process that measures ended without an answer"},
    };
    fprintf(stderr, "cell: %s %s at %" PRIu64 " %s: %s\n", CELL_VARIANT,
            operation_names[request->operation], (uint64_t)request->keys.scale, request->pattern,
            ends[outcome].words);
    return ends[outcome].status;
}

/* What is wanted next. */
static enum told told_next(const struct request *request, uint64_t taken) {
    return request->samples == SAMPLES_AS_TOLD ? steps_told("cell")
           : taken < request->samples          ? TOLD_GO
                                               : TOLD_END;
}

int main(int argc, char **argv) {
    struct request request = read_arguments(argc, argv);
    struct workload workload;
    struct sample sample;
    uint64_t taken = 0;
    delay_ask(&request.delay, request.operation);
    enum outcome outcome =
        workload_begin(&workload, request.operation, &request.keys, &request.config);
    if (outcome == OUTCOME_OK)
        outcome = delay_calibrate(&workload);
    if (outcome == OUTCOME_OK && request.samples == SAMPLES_AS_TOLD)
        steps_ready();
    for (enum told told;
         outcome == OUTCOME_OK && (told = told_next(&request, taken)) != TOLD_END;) {
        outcome =
            told == TOLD_WARM ? workload_warm(&workload) : workload_sample(&workload, &sample);
        if (outcome == OUTCOME_OK && told == TOLD_GO)
            print_sample(&request, &workload, &sample, taken++);
    }
    if (outcome == OUTCOME_OK)
        outcome = workload_check(&workload);
    return outcome == OUTCOME_OK ? 0 : fail(&request, outcome);
}
