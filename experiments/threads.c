/* threads.c - how a map does that many threads read while some of them write (shared_map.h).
 *
 * It is a cell (experiments/cell.c tells of the protocol), compiled once for each composition, hash
 * and kind of key, and for each way in which versions get to readers (common/threads).  A map is
 * filled with `scale` keys of the pattern; then `threads` threads, each on a core of its own, share
 * the work of a sample.  The operations:
 *
 *     mix      look up keys, and give `writes` percent of them other values; all cores are busy
 *              until all is done, so ns_per_op is that time over the number of operations
 *     latency  the same with the clock around each operation
 *     iterate  walk over a version, all entries, in each thread but one, which writes meanwhile as
 *              fast as it can; with writes=0 it does nothing.  Only a map that has versions to walk
 *              over, and batches to publish, has this operation.
 *
 * writers=0: every thread writes its share.  writers=1: the first thread does the writing of all,
 * beside its share in the looking up.  threads=0: as many as there are cores.  operations=N: of a
 * sample of mix or latency in all, rounded up to whole blocks of 256; or entries that each thread
 * of iterate visits, rounded up to whole walks.
 *
 * Beside ns_per_op a sample has as values the number of its threads, and of `latency` in
 * nanoseconds what a share of all look-ups did not exceed (p50, p99, p99.9, worst), likewise of all
 * puts (put_p50 and so on), and what reading the clock takes (clock, clock_step), which is in each.
 *
 * Every answer is checked.  A value is that which the key was filled with and a small number that
 * grows; a reader that finds anything else has seen half a change, or memory that was given back.
 * Each writer has keys of its own, so what all of them are in the end is known, and looked up after
 * the clock has stopped.  `iterate` writes to two keys in a batch, more to one and less to the
 * other, so in each version the sum is that of all values that the map was filled with.
 *
 * Exit status: 0; 1 for a wrong answer; 2 for a bad argument; 3 without memory. */
#include "crew.h"
#include "latency.h"
#include "process.h"
#include "request.h"
#include "shared_map.h"
#include "splitmix.h"
#include "steps.h"
#include "ticks.h"

#include <stdatomic.h>
#include <stdlib.h>

enum {
    BLOCK = 256,           /* steps that a thread takes at once */
    ROUNDS_MOST = 1 << 30, /* by which a value may have grown */
    CACHE_LINES = 128,     /* bytes that two threads should not both write to */
};

enum operation { OP_MIX, OP_LATENCY, OP_ITERATE, OPERATIONS };
static const char *const operation_names[OPERATIONS] = {"mix", "latency", "iterate"};

/* The parameters, in their order. */
enum { THREADS, WRITES, WRITERS, WORK };
static const struct parameter parameters[] = {[THREADS] = {"threads", 0, 1024, 0},
                                              [WRITES] = {"writes", 0, 100, 5},
                                              [WRITERS] = {"writers", 0, 1, 0},
                                              [WORK] = {"operations", 1, 1 << 30, 1 << 20}};

/* THREADS_PROGRAM is what the build calls it. */
static const struct program program = {
    .name = THREADS_PROGRAM,
    .usage =
        "usage: " THREADS_PROGRAM " --op mix|latency|iterate\n"
        "               --pattern sequential|shuffled|random --scale N --seed N\n"
        "               [--steps] [--threads N] [--writes PERCENT] [--writers 0|1]\n"
        "               [--operations N]\n"
        "       " THREADS_PROGRAM " --describe, which names the operations that this map has\n"
        "N of --threads: at most the cores there are and that of --scale; of iterate, at least 2\n",
    .operations = operation_names,
    .parameters = parameters,
    .parameter_count = sizeof parameters / sizeof *parameters,
};

struct member {
    uint64_t wrong, no_memory;
    size_t keys,
        next; /* of a writer: how many it has, in pairs if it writes to pairs; which is next */
    uint64_t rounds; /* how often it has written to all of them */
    struct latencies gets, puts;
};

struct bench {
    const struct request *request;
    struct trace fill, use;
    bool *writes; /* which steps of `use` are puts: of another key, the next one of the writer's */
    struct shared_map *map;
    uint64_t filled; /* sum of all values that the map was filled with */
    struct latency_clock clock;
    size_t threads, writers;
    size_t work;  /* operations of a sample, in all; of iterate, entries that each reader visits */
    size_t until; /* steps that all samples up to this one have */
    struct member *members;
    _Alignas(CACHE_LINES) atomic_size_t taken; /* steps that some thread has taken */
    _Alignas(CACHE_LINES) atomic_size_t owed;  /* puts that are left to the one writer */
    atomic_size_t at_work;                     /* threads that may come to owe some */
};

static void demand(const struct bench *bench, bool made) {
    if (!made)
        request_fail(bench->request, EXIT_NO_MEMORY, "out of memory");
}

/* ---- The map, and what its values are ---- */

static void fill_map(struct bench *bench) {
    bool batches = shared_map_traits() & SHARED_BATCHES;
    struct hamt *batch = batches ? shared_map_begin(bench->map) : NULL;
    demand(bench, batch || !batches);
    for (size_t i = 0; i < bench->fill.count; i++) {
        const struct step *step = &bench->fill.steps[i];
        enum hamt_put_result result = batch ? hamt_put(batch, step->key, step->value)
                                            : shared_map_put(bench->map, step->key, step->value);
        demand(bench, result == HAMT_NEW);
        bench->filled += step->value;
    }
    if (batch)
        shared_map_commit(bench->map);
}

/* Who writes to the key at this place of `fill`, and which of its keys it is.  Of iterate the first
 * thread has them all, in pairs of neighbours; an odd one is left out. */
static inline size_t writer_of(const struct bench *bench, size_t place, size_t *key) {
    bool pairs = bench->request->operation == OP_ITERATE;
    *key = place / (pairs ? 2 : bench->writers);
    return pairs ? 0 : place % bench->writers;
}

static void give_keys(struct bench *bench) {
    size_t count = bench->fill.count;
    for (size_t i = 0; i < bench->writers; i++)
        bench->members[i].keys = (count - i + bench->writers - 1) / bench->writers;
    if (bench->request->operation == OP_ITERATE)
        bench->members[0].keys = count / 2;
}

/* What the key at this place has after all that was written. */
static uint64_t expected(const struct bench *bench, size_t place) {
    size_t key;
    const struct member *writer = &bench->members[writer_of(bench, place, &key)];
    uint64_t value = bench->fill.steps[place].value;
    uint64_t rounds = key < writer->keys ? writer->rounds + (key < writer->next) : 0;
    bool less = bench->request->operation == OP_ITERATE && place % 2 == 1;
    return less ? value - rounds : value + rounds;
}

/* One of a writer's keys has been written to. */
static inline void step_on(struct member *writer) {
    if (++writer->next == writer->keys) {
        writer->next = 0;
        writer->rounds++;
    }
}

static void check_all(const struct bench *bench) {
    struct shared_reader *reader = shared_reader_create(bench->map);
    demand(bench, reader);
    uint64_t wrong = 0, value;
    for (size_t i = 0; i < bench->fill.count; i++)
        wrong += !shared_map_get(reader, bench->fill.steps[i].key, &value) ||
                 value != expected(bench, i);
    for (size_t i = 0; i < bench->threads; i++) {
        demand(bench, bench->members[i].no_memory == 0);
        wrong += bench->members[i].wrong;
    }
    shared_reader_destroy(reader);
    if (wrong > 0)
        request_fail(bench->request, EXIT_WRONG, "the map gave a wrong answer");
}

/* ---- mix and latency ---- */

/* Gives the writer's next key its next value. */
static inline void write_next(struct bench *bench, size_t number, const bool timed,
                              bool constant_rate) {
    struct member *self = &bench->members[number];
    const struct step *step = &bench->fill.steps[self->next * bench->writers + number];
    uint64_t value = step->value + self->rounds + 1;
    uint64_t before = timed ? ticks_now(constant_rate) : 0;
    enum hamt_put_result result = shared_map_put(bench->map, step->key, value);
    if (timed)
        latency_add(&self->puts, ticks_now(constant_rate) - before);
    self->no_memory += result == HAMT_NO_MEMORY;
    self->wrong += result == HAMT_NEW;
    step_on(self);
}

static inline void look_up(struct shared_reader *reader, const struct step *step,
                           struct member *self, const bool timed, bool constant_rate) {
    uint64_t value = 0, before = timed ? ticks_now(constant_rate) : 0;
    bool there = shared_map_get(reader, step->key, &value);
    if (timed)
        latency_add(&self->gets, ticks_now(constant_rate) - before);
    self->wrong += !there | (value - step->value > ROUNDS_MOST);
}

/* Takes blocks of steps until there are none.  Compiled twice: with the clock, and without. */
static inline void work_off(struct bench *bench, size_t number, struct shared_reader *reader,
                            const bool timed) {
    struct member *self = &bench->members[number];
    bool writer = number < bench->writers, alone = bench->writers < bench->threads;
    bool constant_rate = ticks_constant();
    for (size_t first; (first = atomic_fetch_add(&bench->taken, BLOCK)) < bench->until;) {
        size_t puts = 0, at = first % bench->use.count;
        for (size_t i = 0; i < BLOCK; i++) {
            if (!bench->writes[at])
                look_up(reader, &bench->use.steps[at], self, timed, constant_rate);
            else if (writer)
                write_next(bench, number, timed, constant_rate);
            else
                puts++;
            at = at + 1 == bench->use.count ? 0 : at + 1;
        }
        if (puts > 0)
            atomic_fetch_add(&bench->owed, puts);
        else if (writer && alone)
            for (puts = atomic_exchange(&bench->owed, 0); puts > 0; puts--)
                write_next(bench, number, timed, constant_rate);
    }
    atomic_fetch_sub(&bench->at_work, 1);
    for (bool others = writer && alone; others;) {
        others = atomic_load(&bench->at_work) > 0;
        for (size_t puts = atomic_exchange(&bench->owed, 0); puts > 0; puts--)
            write_next(bench, number, timed, constant_rate);
    }
}

static void mix(size_t number, void *context) {
    struct bench *bench = context;
    struct shared_reader *reader = shared_reader_create(bench->map);
    if (!reader)
        bench->members[number].no_memory++;
    else if (bench->request->operation == OP_LATENCY)
        work_off(bench, number, reader, true);
    else
        work_off(bench, number, reader, false);
    shared_reader_destroy(reader);
}

/* ---- iterate ---- */

struct visited {
    uint64_t count, sum;
};

static bool visit(hamt_key key, uint64_t value, void *context) {
    struct visited *visited = context;
    (void)key;
    visited->count++;
    visited->sum += value;
    return true;
}

/* One key gets more, its neighbour less. */
static void write_pair(struct bench *bench) {
    struct member *self = &bench->members[0];
    uint64_t rounds = self->rounds + 1;
    const struct step *pair = &bench->fill.steps[self->next * 2];
    struct hamt *batch = shared_map_begin(bench->map);
    if (!batch || hamt_put(batch, pair[0].key, pair[0].value + rounds) != HAMT_REPLACED ||
        hamt_put(batch, pair[1].key, pair[1].value - rounds) != HAMT_REPLACED)
        self->no_memory++;
    else
        step_on(self);
    if (batch)
        shared_map_commit(bench->map);
}

static void walk(struct bench *bench, struct member *self) {
    struct shared_reader *reader = shared_reader_create(bench->map);
    self->no_memory += !reader;
    for (size_t left = bench->work; reader && left > 0; left -= bench->fill.count) {
        struct visited visited = {0, 0};
        struct shared_view view = shared_map_enter(reader);
        hamt_each(view.map, visit, &visited);
        shared_map_leave(reader, view);
        self->wrong += visited.count != bench->fill.count || visited.sum != bench->filled;
    }
    shared_reader_destroy(reader);
    atomic_fetch_sub(&bench->at_work, 1);
}

static void iterate(size_t number, void *context) {
    struct bench *bench = context;
    struct member *writer = &bench->members[0];
    if (number > 0)
        walk(bench, &bench->members[number]);
    else if (bench->request->parameter[WRITES] > 0)
        while (atomic_load(&bench->at_work) > 0 && writer->no_memory == 0)
            write_pair(bench);
}

/* ---- Samples ---- */

static struct sample take_sample(struct bench *bench) {
    bool iterates = bench->request->operation == OP_ITERATE;
    size_t readers = bench->threads - iterates;
    struct sample sample = {.repeats = 1, .operations = bench->work * (iterates ? readers : 1)};
    for (size_t i = 0; i < bench->threads; i++) {
        struct member *member = &bench->members[i];
        *member =
            (struct member){.keys = member->keys, .next = member->next, .rounds = member->rounds};
    }
    bench->until += bench->work;
    bench->taken =
        bench->until - bench->work; /* each thread has asked once more than it was given */
    bench->at_work = readers;
    demand(bench, crew_work(bench->threads, iterates ? iterate : mix, bench, &sample.ns));
    check_all(bench);
    return sample;
}

static void tell(json_t *values, const char *of, const char *what, double ns) {
    char name[16];
    snprintf(name, sizeof name, "%s%s", of, what);
    json_object_set_new(values, name, json_real(ns));
}

static void tell_latencies(json_t *values, const char *of, const struct latencies *latencies,
                           double tick_ns) {
    static const struct {
        const char *name;
        double share;
    } shares[] = {{"p50", 0.5}, {"p99", 0.99}, {"p99.9", 0.999}};
    if (latencies->count == 0)
        return;
    for (size_t i = 0; i < sizeof shares / sizeof *shares; i++)
        tell(values, of, shares[i].name,
             (double)latency_of_share(latencies, shares[i].share) * tick_ns);
    tell(values, of, "worst", (double)latencies->longest * tick_ns);
}

static json_t *values_json(const struct bench *bench) {
    json_t *values = json_object();
    tell(values, "", "threads", (double)bench->threads);
    if (bench->request->operation == OP_LATENCY) {
        static struct latencies gets, puts;
        gets = puts = (struct latencies){0};
        for (size_t i = 0; i < bench->threads; i++) {
            latency_join(&gets, &bench->members[i].gets);
            latency_join(&puts, &bench->members[i].puts);
        }
        tell_latencies(values, "", &gets, bench->clock.tick_ns);
        tell_latencies(values, "put_", &puts, bench->clock.tick_ns);
        tell(values, "", "clock", (double)bench->clock.reading * bench->clock.tick_ns);
        tell(values, "", "clock_step", (double)bench->clock.step * bench->clock.tick_ns);
    }
    return values;
}

/* ---- The program ---- */

static void choose_writes(struct bench *bench) {
    uint64_t state =
        splitmix(bench->request->seed + 3 * SPLITMIX_GOLDEN); /* trace.c uses up to 2 */
    for (size_t i = 0; i < bench->use.count; i++)
        bench->writes[i] = splitmix_below(&state, 100) < bench->request->parameter[WRITES];
}

static void begin(struct bench *bench, const struct request *request) {
    bool iterates = request->operation == OP_ITERATE;
    size_t cores = crew_cores(), asked = request->parameter[THREADS], count = request->keys.scale;
    size_t whole = iterates ? count : BLOCK, work = request->parameter[WORK];
    const struct hamt_config config = {.hash_seed = request->seed, .pool_slots = 65536};
    *bench = (struct bench){.request = request, .threads = asked ? asked : cores};
    if (bench->threads > cores || bench->threads > count || (iterates && bench->threads < 2))
        request_refuse(request, "threads", bench->threads,
                       iterates ? "wanted 2 at least, and no more than cores or than --scale"
                                : "wanted no more than there are cores, and than --scale");
    bench->writers = request->parameter[WRITERS] == 1 ? 1 : bench->threads;
    bench->work = (work + whole - 1) / whole * whole;
    bench->clock = latency_clock();
    bench->members = process_pages(bench->threads * sizeof *bench->members);
    bench->writes = process_pages(count * sizeof *bench->writes);
    demand(bench, bench->members && bench->writes);
    demand(bench,
           trace_make(&bench->fill, &request->keys, POPULATION_PRESENT, ORDER_OF_PUT, count));
    demand(bench, trace_make(&bench->use, &request->keys, POPULATION_PRESENT, ORDER_OF_USE, count));
    choose_writes(bench);
    give_keys(bench);
    bench->map = shared_map_create(&config);
    demand(bench, bench->map);
    fill_map(bench);
}

static void end(struct bench *bench) {
    shared_map_destroy(bench->map);
    trace_free(&bench->use);
    trace_free(&bench->fill);
    process_unmap(bench->writes, bench->use.count * sizeof *bench->writes);
    process_unmap(bench->members, bench->threads * sizeof *bench->members);
}

int main(int argc, char **argv) {
    struct program told = program;
    unsigned versions = SHARED_VIEWS | SHARED_BATCHES;
    told.operation_count = (shared_map_traits() & versions) == versions ? OPERATIONS : OP_ITERATE;
    struct request request = request_read(&told, argc, argv);
    static struct bench bench;
    begin(&bench, &request);
    take_sample(&bench); /* off the record */
    if (request.steps)
        steps_ready();
    for (uint64_t number = 0; request.steps ? steps_go(told.name) : number < 1; number++) {
        struct sample sample = take_sample(&bench);
        request_print(&request, &sample, number, bench.filled, values_json(&bench));
    }
    end(&bench);
    return 0;
}
