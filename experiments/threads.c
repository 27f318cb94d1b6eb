/* threads.c - how a map does that many threads read while some of them write (shared_map.h).
 *
 * It is a cell (experiments/cell.c tells of the protocol), compiled once for each composition, hash
 * and kind of key, and for each way in which versions get to readers (common/threads).  A map is
 * filled with `scale` keys of the pattern; then `threads` threads, each on a core of its own, share
 * the work of a sample.  Puts give the keys that are there other values, in an order of their own
 * (unless the pattern is sequential), as memory is laid out in the order in which they came.  The
 * operations:
 *
 *     mix      look up keys, and give `writes` percent of them other values; all cores are busy
 *              until all is done, so ns_per_op is that time over the number of operations
 *     latency  the same with the clock around each operation
 *     iterate  walk over a version, all entries, in each thread but one, which writes meanwhile as
 *              fast as it can; with writes=0 it does nothing.  Only a map that has versions to walk
 *              over, and batches to publish, has this operation.
 *
 * writers=0: every thread writes its share, put by put.  writers=1: the first thread does the
 * writing of all, beside its share in the looking up; after each block of 256 steps it does the
 * puts that all have come to by then.  batch=N, of mix and latency: puts are collected, and done N
 * at a time in one batch (shared_map_begin, shared_map_commit), so that one version serves them
 * all; at the end those that are left.  threads=0: as many as there are cores.  operations=N: of a
 * sample of mix or latency in all, rounded up to whole blocks, and the same in each; or entries
 * that each thread of iterate visits, rounded up to whole walks.
 *
 * The clock runs from the moment when all threads are there, each with its reader, to the moment
 * when the last has ended its work.  Beside ns_per_op a sample has values:
 *
 *     threads    their number
 *     pass       nanoseconds that a cache line takes from one of their cores to the next, measured
 *                once (pass.h), by which it can be told where those cores are; of 2 at least,
 *                and only if others leave them the cores for that
 *     writing    of writers=1: the share of the sample's time that its writer spent on puts
 *     idle       of writers=1 and 2 threads at least: the share of the sample's time in which the
 *                others, in the mean, had nothing left to do and the writer had; so of a large one
 *                ns_per_op is that of puts alone
 *     p50 p99 p99.9 worst
 *                of latency: nanoseconds that a share of all look-ups did not exceed; likewise
 *                put_p50 and so on, of all puts; where batch is not 1, of batches
 *     clock clock_step
 *                of latency: what reading the clock takes, which is in each of these
 *
 * Every answer is checked.  A value has bits that are its key's, and below them a number that grows
 * by 1 with each put; a reader that finds anything else has seen half a change, or memory that was
 * given back.  The checksum is of the answers' upper bits, which nobody changes; a step that is a
 * put adds what its look-up would have, so that whatever the writes it is the same.  Each writer
 * has keys of its own, so what all of them are in the end is known, and looked up after the clock
 * has stopped.  `iterate` writes to two keys in a batch, more to one and less to the other, so in
 * each version the sum is that of all values that the map was filled with; the checksum is of sums.
 *
 * Exit status: 0; 1 for a wrong answer; 2 for a bad argument; 3 without memory, or a thread. */
#include "cores.h"
#include "crew.h"
#include "latency.h"
#include "pass.h"
#include "process.h"
#include "request.h"
#include "shared_map.h"
#include "splitmix.h"
#include "steps.h"
#include "ticks.h"
#include "timer.h"

#include <stdatomic.h>
#include <stdlib.h>

enum {
    BLOCK = 256,            /* steps that a thread takes at once */
    ROUNDS = (1 << 30) - 1, /* the lower bits of a value: how often its key was written to */
    CACHE_LINES = 128,      /* bytes that two threads should not both write to */
};

enum operation { OP_MIX, OP_LATENCY, OP_ITERATE, OPERATIONS };
static const char *const operation_names[OPERATIONS] = {"mix", "latency", "iterate"};

/* The parameters, in their order. */
enum { THREADS, WRITES, WRITERS, BATCH, WORK };
static const struct parameter parameters[] = {[THREADS] = {"threads", 0, 1024, 0},
                                              [WRITES] = {"writes", 0, 100, 5},
                                              [WRITERS] = {"writers", 0, 1, 0},
                                              [BATCH] = {"batch", 1, 1 << 16, 1},
                                              [WORK] = {"operations", 1, 1 << 30, 1 << 20}};

/* THREADS_PROGRAM is what the build calls it. */
static const struct program program = {
    .name = THREADS_PROGRAM,
    .usage =
        "usage: " THREADS_PROGRAM " --op mix|latency|iterate\n"
        "               --pattern sequential|shuffled|random --scale N --seed N\n"
        "               [--steps] [--threads N] [--writes PERCENT] [--writers 0|1]\n"
        "               [--batch N] [--operations N]\n"
        "       " THREADS_PROGRAM " --describe, which names the operations that this map has\n"
        "N of --threads: at most the cores there are and that of --scale; of iterate, at least 2\n",
    .operations = operation_names,
    .parameters = parameters,
    .parameter_count = sizeof parameters / sizeof *parameters,
};

struct member {
    struct shared_reader *reader; /* while a sample is taken */
    uint64_t wrong, no_memory, checksum;
    size_t keys,
        next; /* of a writer: how many it has, in pairs if it writes to pairs; which is next */
    uint64_t rounds; /* how often it has written to all of them */
    uint64_t writing,
        ended; /* ns that the one writer has spent on puts; when it had no more to do */
    struct latencies gets, puts;
};

struct bench {
    const struct request *request;
    struct trace use, change; /* what is looked up; the same keys, as they are written to */
    bool *writes; /* which steps of `use` are puts: of another key, the next one of the writer's */
    struct shared_map *map;
    uint64_t filled; /* sum of all values that the map was filled with */
    struct latency_clock clock;
    double pass; /* ns, 0 if not known */
    size_t threads, writers;
    bool one_writes; /* the puts of all */
    size_t batch;    /* puts that are done at a time */
    size_t work; /* operations of a sample, in all; of iterate, entries that each reader visits */
    struct member *members;
    _Alignas(CACHE_LINES) atomic_size_t taken; /* steps that some thread has taken */
    _Alignas(CACHE_LINES) atomic_size_t owed;  /* puts that are left to the one writer */
    atomic_size_t at_work;                     /* threads that may come to owe some */
};

static void demand(const struct bench *bench, bool made) {
    if (!made)
        request_fail(bench->request, EXIT_NO_MEMORY, "out of memory");
}

static void demand_crew(const struct bench *bench, enum crew_end end) {
    demand(bench, end != CREW_NO_MEMORY);
    if (end == CREW_NO_THREAD)
        request_fail(bench->request, EXIT_NO_MEMORY, "the system gives no more threads");
}

/* ---- The map, and what its values are ---- */

/* The keys, in one of their orders. */
static struct trace trace_of(const struct bench *bench, enum order order) {
    const struct keys *keys = &bench->request->keys;
    struct trace trace;
    demand(bench, trace_make(&trace, keys, POPULATION_PRESENT, order, keys->scale));
    for (size_t i = 0; i < trace.count; i++)
        trace.steps[i].value &= ~(uint64_t)ROUNDS;
    return trace;
}

static void fill_map(struct bench *bench) {
    struct trace fill = trace_of(bench, ORDER_OF_PUT);
    bool batches = shared_map_traits() & SHARED_BATCHES;
    struct hamt *batch = batches ? shared_map_begin(bench->map) : NULL;
    demand(bench, batch || !batches);
    for (size_t i = 0; i < fill.count; i++) {
        const struct step *step = &fill.steps[i];
        enum hamt_put_result result = batch ? hamt_put(batch, step->key, step->value)
                                            : shared_map_put(bench->map, step->key, step->value);
        demand(bench, result == HAMT_NEW);
        bench->filled += step->value;
    }
    if (batch)
        shared_map_commit(bench->map);
    trace_free(&fill);
}

/* Who writes to the key at this place of `change`, and which of its keys it is.  Of iterate the
 * first thread has them all, in pairs of neighbours; an odd one is left out. */
static inline size_t writer_of(const struct bench *bench, size_t place, size_t *key) {
    bool pairs = bench->request->operation == OP_ITERATE;
    *key = place / (pairs ? 2 : bench->writers);
    return pairs ? 0 : place % bench->writers;
}

static void give_keys(struct bench *bench) {
    size_t count = bench->change.count;
    for (size_t i = 0; i < bench->writers; i++)
        bench->members[i].keys = (count - i + bench->writers - 1) / bench->writers;
    if (bench->request->operation == OP_ITERATE)
        bench->members[0].keys = count / 2;
}

/* What the key at this place has after all that was written. */
static uint64_t expected(const struct bench *bench, size_t place) {
    size_t key;
    const struct member *writer = &bench->members[writer_of(bench, place, &key)];
    uint64_t value = bench->change.steps[place].value;
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
    for (size_t i = 0; i < bench->change.count; i++)
        wrong += !shared_map_get(reader, bench->change.steps[i].key, &value) ||
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

/* Gives the writer's next key its next value, in a batch unless that is NULL. */
static inline void write_next(struct bench *bench, size_t number, struct hamt *batch) {
    struct member *self = &bench->members[number];
    const struct step *step = &bench->change.steps[self->next * bench->writers + number];
    uint64_t value = step->value + self->rounds + 1;
    enum hamt_put_result result =
        batch ? hamt_put(batch, step->key, value) : shared_map_put(bench->map, step->key, value);
    self->no_memory += result == HAMT_NO_MEMORY;
    self->wrong += result == HAMT_NEW;
    step_on(self);
}

/* So many of the writer's keys, which no reader sees before all are done. */
static void write_batch(struct bench *bench, size_t number, size_t puts) {
    struct hamt *batch = shared_map_begin(bench->map);
    if (!batch) {
        bench->members[number].no_memory++;
        return;
    }
    for (; puts > 0; puts--)
        write_next(bench, number, batch);
    shared_map_commit(bench->map);
}

/* As many of them as are done at a time, or those that are left. */
static inline void write_some(struct bench *bench, size_t number, size_t puts, const bool timed,
                              bool constant_rate) {
    uint64_t before = timed ? ticks_now(constant_rate) : 0;
    if (bench->batch == 1)
        write_next(bench, number, NULL);
    else
        write_batch(bench, number, puts);
    if (timed)
        latency_add(&bench->members[number].puts, ticks_now(constant_rate) - before);
}

static inline void look_up(const struct step *step, struct member *self, const bool timed,
                           bool constant_rate) {
    uint64_t value = 0, before = timed ? ticks_now(constant_rate) : 0;
    bool there = shared_map_get(self->reader, step->key, &value);
    if (timed)
        latency_add(&self->gets, ticks_now(constant_rate) - before);
    self->wrong += !there | (value - step->value > ROUNDS);
    self->checksum += value & ~(uint64_t)ROUNDS;
}

/* The one writer does the puts that all have come to, if there are so many. */
static inline void write_owed(struct bench *bench, size_t least, const bool timed,
                              bool constant_rate) {
    if (atomic_load(&bench->owed) < least) /* a look takes the line from nobody */
        return;
    uint64_t before = timer_ns();
    for (size_t puts = atomic_exchange(&bench->owed, 0), some; puts > 0; puts -= some) {
        some = puts < bench->batch ? puts : bench->batch;
        write_some(bench, 0, some, timed, constant_rate);
    }
    bench->members[0].writing += timer_ns() - before;
}

/* Takes blocks of steps until there are none.  Compiled twice: with the clock, and without. */
static inline void work_off(struct bench *bench, size_t number, const bool timed) {
    struct member *self = &bench->members[number];
    bool writes_all = bench->one_writes && number == 0;
    bool constant_rate = ticks_constant();
    size_t own = 0; /* puts that have come to this thread and are not done yet */
    for (size_t first; (first = atomic_fetch_add(&bench->taken, BLOCK)) < bench->work;) {
        size_t puts = 0, at = first % bench->use.count;
        for (size_t i = 0; i < BLOCK; i++) {
            const struct step *step = &bench->use.steps[at];
            if (!bench->writes[at]) {
                look_up(step, self, timed, constant_rate);
            } else {
                self->checksum += step->value;
                if (bench->one_writes) {
                    puts++;
                } else if (++own == bench->batch) {
                    write_some(bench, number, own, timed, constant_rate);
                    own = 0;
                }
            }
            at = at + 1 == bench->use.count ? 0 : at + 1;
        }
        if (puts > 0)
            atomic_fetch_add(&bench->owed, puts);
        if (writes_all)
            write_owed(bench, bench->batch, timed, constant_rate);
    }
    if (own > 0)
        write_some(bench, number, own, timed, constant_rate);
    atomic_fetch_sub(&bench->at_work, 1);
    for (bool others = writes_all; others;) {
        others = atomic_load(&bench->at_work) > 0;
        write_owed(bench, others ? bench->batch : 1, timed, constant_rate);
    }
    self->ended = timer_ns();
}

static void mix(size_t number, void *context) {
    struct bench *bench = context;
    if (bench->request->operation == OP_LATENCY)
        work_off(bench, number, true);
    else
        work_off(bench, number, false);
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
    const struct step *pair = &bench->change.steps[self->next * 2];
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
    size_t count = bench->change.count;
    for (size_t left = bench->work; left > 0; left -= count) {
        struct visited visited = {0, 0};
        struct shared_view view = shared_map_enter(self->reader);
        hamt_each(view.map, visit, &visited);
        shared_map_leave(self->reader, view);
        self->wrong += visited.count != count || visited.sum != bench->filled;
        self->checksum += visited.sum;
    }
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

static bool begin_to_read(size_t number, void *context) {
    struct bench *bench = context;
    struct member *self = &bench->members[number];
    self->reader = shared_reader_create(bench->map);
    return self->reader;
}

static void end_reading(size_t number, void *context) {
    struct bench *bench = context;
    shared_reader_destroy(bench->members[number].reader);
}

static struct sample take_sample(struct bench *bench, uint64_t *checksum) {
    bool iterates = bench->request->operation == OP_ITERATE;
    size_t readers = bench->threads - iterates;
    const struct crew_task task = {begin_to_read, iterates ? iterate : mix, end_reading};
    struct sample sample = {.repeats = 1, .operations = bench->work * (iterates ? readers : 1)};
    for (size_t i = 0; i < bench->threads; i++) {
        struct member *member = &bench->members[i];
        *member =
            (struct member){.keys = member->keys, .next = member->next, .rounds = member->rounds};
    }
    bench->taken = 0;
    bench->at_work = readers;
    demand_crew(bench, crew_run(bench->threads, &task, bench, &sample.ns));
    check_all(bench);
    *checksum = 0;
    for (size_t i = 0; i < bench->threads; i++)
        *checksum += bench->members[i].checksum;
    return sample;
}

static void tell(json_t *values, const char *of, const char *what, double number) {
    char name[16];
    snprintf(name, sizeof name, "%s%s", of, what);
    json_object_set_new(values, name, json_real(number));
}

/* How the one writer's time went, and that of those who wait for it, as shares of the sample's. */
static void tell_shares(json_t *values, const struct bench *bench, double ns) {
    const struct member *members = bench->members;
    uint64_t last = 0, idle = 0;
    for (size_t i = 0; i < bench->threads; i++)
        last = members[i].ended > last ? members[i].ended : last;
    for (size_t i = 1; i < bench->threads; i++)
        idle += last - members[i].ended;
    tell(values, "", "writing", (double)members[0].writing / ns);
    if (bench->threads > 1)
        tell(values, "", "idle", (double)idle / (double)(bench->threads - 1) / ns);
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

static json_t *values_json(const struct bench *bench, const struct sample *sample) {
    json_t *values = json_object();
    tell(values, "", "threads", (double)bench->threads);
    if (bench->pass > 0)
        tell(values, "", "pass", bench->pass);
    if (bench->one_writes && bench->request->operation != OP_ITERATE)
        tell_shares(values, bench, (double)sample->ns);
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
        splitmix(bench->request->seed + 4 * SPLITMIX_GOLDEN); /* trace.c uses up to 3 */
    for (size_t i = 0; i < bench->use.count; i++)
        bench->writes[i] = splitmix_below(&state, 100) < bench->request->parameter[WRITES];
}

static void begin(struct bench *bench, const struct request *request) {
    bool iterates = request->operation == OP_ITERATE;
    size_t cores = cores_count(), asked = request->parameter[THREADS], count = request->keys.scale;
    size_t whole = iterates ? count : BLOCK, work = request->parameter[WORK];
    const struct hamt_config config = request_config(request);
    *bench = (struct bench){.request = request, .threads = asked ? asked : cores};
    if (bench->threads > cores || bench->threads > count || (iterates && bench->threads < 2))
        request_refuse(request, "threads", bench->threads,
                       iterates ? "wanted 2 at least, and no more than cores or than --scale"
                                : "wanted no more than there are cores, and than --scale");
    bench->one_writes = request->parameter[WRITERS] == 1;
    bench->writers = bench->one_writes ? 1 : bench->threads;
    bench->batch = request->parameter[BATCH];
    if (bench->batch > 1 && !(shared_map_traits() & SHARED_BATCHES))
        request_refuse(request, "batch", bench->batch, "wanted 1, as this map has no batches");
    bench->work = (work + whole - 1) / whole * whole;
    bench->clock = latency_clock();
    bench->members = process_pages(bench->threads * sizeof *bench->members);
    bench->writes = process_pages(count * sizeof *bench->writes);
    demand(bench, bench->members && bench->writes);
    bench->use = trace_of(bench, ORDER_OF_USE);
    bench->change = trace_of(bench, ORDER_OF_CHANGE);
    choose_writes(bench);
    give_keys(bench);
    bench->map = shared_map_create(&config);
    demand(bench, bench->map);
    fill_map(bench);
    /* Last, as from now on this thread stays on its core: so would those that a library has made.
     */
    if (bench->threads > 1)
        demand_crew(bench, pass_measure(bench->threads, &bench->pass));
}

static void end(struct bench *bench) {
    shared_map_destroy(bench->map);
    process_unmap(bench->writes, bench->use.count * sizeof *bench->writes);
    trace_free(&bench->use);
    trace_free(&bench->change);
    process_unmap(bench->members, bench->threads * sizeof *bench->members);
}

int main(int argc, char **argv) {
    struct program told = program;
    unsigned versions = SHARED_VIEWS | SHARED_BATCHES;
    told.operation_count = (shared_map_traits() & versions) == versions ? OPERATIONS : OP_ITERATE;
    struct request request = request_read(&told, argc, argv);
    static struct bench bench;
    begin(&bench, &request);
    uint64_t checksum;
    take_sample(&bench, &checksum); /* off the record */
    if (request.steps)
        steps_ready();
    for (uint64_t number = 0; request.steps ? steps_go(told.name) : number < 1; number++) {
        struct sample sample = take_sample(&bench, &checksum);
        request_print(&request, &sample, number, checksum, values_json(&bench, &sample));
    }
    end(&bench);
    return 0;
}
