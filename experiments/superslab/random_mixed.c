/* random_mixed.c - blocks of random size, allocated and freed in random slots.
 *
 * It is a cell (experiments/cell.c tells of the protocol): operation mixed, or count, which is the
 * same without a warm-up, for what is counted over the whole process; pattern lcg or good, the
 * generator; scale is the number of slots.  The clock runs for `cycles` cycles of each thread, in
 * STRETCHES, between which it stands still while the process's memory is looked at now and then.
 * With `milliseconds` it ends at the end of the stretch in which the clock passes that, and the
 * warm-up before it, of a quarter as many cycles, after a quarter of that.  The workload itself is
 * described in mixed.h, the two generators in draw.h.  With RANDOM_MIXED_LOOP=1 in the environment
 * the loop runs alone: it draws, and allocates nothing.
 *
 * The values of a sample, times in seconds and memory in bytes:
 *   cycles, warm_up                 what was run: cycles of all threads together
 *   mops                            millions of cycles per second of wall time
 *   wall, user, system              the clock, and the processor time of all threads
 *   kernel_share                    system / (user + system); null if there is none of either
 *   minor_faults                    while the clock ran
 *   start_user, start_system        the processor time before it ran, the loading of libraries and
 *                                   what they do ahead included
 *   areas, areas_most               lines of /proc/self/maps at the end, and most between stretches
 *   rss_most                        the most that was resident, files included
 *   live_peak, rss_peak             bytes asked for when most of them lived (between stretches;
 *                                   null if nothing is touched), and bytes resident then, without
 *                                   files
 *   rss_before                      bytes resident before the first block, without files
 *   allocations, frees              while the clock ran
 * and beside them the checksum of the draws.
 *
 * Exit status: 0; 1 if a block was overwritten or could not be had; 2 for a bad argument. */
#include "arguments.h"
#include "footprint.h"
#include "line.h"
#include "mixed.h"
#include "steps.h"
#include "timer.h"

#include <inttypes.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { STRETCHES = 512, THREADS_MAX = 64 };

/* After the first stretches, memory is looked at now and then only: looking takes time, and the
 * caches. */
enum { LOOK_FIRST = 16, LOOK_EVERY = 32 };

enum operation { OPERATION_MIXED, OPERATION_COUNT, OPERATIONS };
static const char *const operation_names[OPERATIONS] = {"mixed", "count"};
static const char *const pattern_names[] = {[GENERATOR_LCG] = "lcg", [GENERATOR_GOOD] = "good"};

struct request {
    enum operation operation;
    enum generator generator;
    bool steps, loop_alone;
    uint64_t scale, seed;                                               /* scale: slots */
    uint64_t cycles, milliseconds, size_high, size_low, threads, touch; /* the parameters */
};

/* ---- Arguments ---- */

static const struct argument own[] = {
    {"cycles", ARGUMENT_PARAMETER, offsetof(struct request, cycles), STRETCHES, UINT64_C(1) << 50,
     24000000},
    {"milliseconds", ARGUMENT_PARAMETER, offsetof(struct request, milliseconds), 1, 86400000, 200},
    {"size_high", ARGUMENT_PARAMETER, offsetof(struct request, size_high), MIXED_SIZE_MIN,
     MIXED_SIZE_MAX, 1024},
    {"size_low", ARGUMENT_PARAMETER, offsetof(struct request, size_low), MIXED_SIZE_MIN,
     MIXED_SIZE_MAX, 16},
    {"threads", ARGUMENT_PARAMETER, offsetof(struct request, threads), 1, THREADS_MAX, 1},
    {"touch", ARGUMENT_PARAMETER, offsetof(struct request, touch), 0, TOUCH_ENDS, TOUCH_START},
};

static const char usage[] =
    "usage: random-mixed --op mixed|count --pattern lcg|good --scale SLOTS --seed N [--steps]\n"
    "                    [--cycles N] [--milliseconds N] [--size-low N] [--size-high N]\n"
    "                    [--threads N] [--touch 0|1|2]\n"
    "       random-mixed --describe\n";

static struct request read_request(int argc, char **argv) {
    static const struct arguments arguments = {.program = "random-mixed",
                                               .usage = usage,
                                               .operations = operation_names,
                                               .operation_count = OPERATIONS,
                                               .patterns = pattern_names,
                                               .pattern_count = 2,
                                               .scale_least = 1,
                                               .scale_most = UINT32_MAX,
                                               .own = own,
                                               .own_count = sizeof own / sizeof *own};
    const char *loop_alone = getenv("RANDOM_MIXED_LOOP");
    struct asked asked;
    struct request request;
    arguments_read(&arguments, argc, argv, &asked, &request);
    if (request.size_low > request.size_high)
        arguments_refuse_number(&arguments, "size-low", request.size_low,
                                "wanted no more than --size-high");
    request.operation = (enum operation)asked.operation;
    request.generator = (enum generator)asked.pattern;
    request.loop_alone = loop_alone && strcmp(loop_alone, "1") == 0;
    request.steps = asked.steps;
    request.scale = asked.scale;
    request.seed = asked.seed;
    return request;
}

/* ---- Threads that run stretch by stretch ---- */

/* The first worker is the main thread, so that a single one needs no other: a C library may take
 * other ways as soon as a process has a second thread. */
struct crew {
    struct worker workers[THREADS_MAX];
    pthread_t threads[THREADS_MAX];
    unsigned count;
    pthread_barrier_t start, end;
    uint64_t cycles; /* of the next stretch; 0: there is none */
};

struct member {
    struct crew *crew;
    struct worker *worker;
};

static void *follow(void *argument) {
    struct member member = *(struct member *)argument;
    for (;;) {
        pthread_barrier_wait(&member.crew->start);
        if (member.crew->cycles == 0)
            return NULL;
        mixed_run(member.worker, member.crew->cycles);
        pthread_barrier_wait(&member.crew->end);
    }
}

static void crew_run(struct crew *crew, uint64_t cycles) {
    crew->cycles = cycles;
    if (crew->count > 1)
        pthread_barrier_wait(&crew->start);
    mixed_run(&crew->workers[0], cycles);
    if (crew->count > 1)
        pthread_barrier_wait(&crew->end);
}

static bool crew_start(struct crew *crew, const struct mixed *mixed,
                       const struct request *request) {
    static struct member members[THREADS_MAX];
    crew->count = (unsigned)request->threads;
    pthread_barrier_init(&crew->start, NULL, crew->count);
    pthread_barrier_init(&crew->end, NULL, crew->count);
    for (unsigned i = 0; i < crew->count; i++) {
        crew->workers[i] = (struct worker){.mixed = mixed, .state = request->seed + i};
        members[i] = (struct member){crew, &crew->workers[i]};
        if (i > 0 && pthread_create(&crew->threads[i], NULL, follow, &members[i]) != 0)
            return false;
    }
    return true;
}

static void crew_end(struct crew *crew) {
    crew->cycles = 0;
    if (crew->count > 1)
        pthread_barrier_wait(&crew->start);
    for (unsigned i = 1; i < crew->count; i++)
        pthread_join(crew->threads[i], NULL);
}

static enum mixed_fault crew_fault(const struct crew *crew) {
    for (unsigned i = 0; i < crew->count; i++)
        if (crew->workers[i].fault != MIXED_GOOD)
            return crew->workers[i].fault;
    return MIXED_GOOD;
}

/* What all workers have done so far, as if one had. */
static struct worker crew_sum(const struct crew *crew) {
    struct worker sum = {0};
    for (unsigned i = 0; i < crew->count; i++) {
        sum.allocations += crew->workers[i].allocations;
        sum.frees += crew->workers[i].frees;
        sum.checksum += crew->workers[i].checksum;
    }
    return sum;
}

/* ---- Measuring ---- */

struct measured {
    uint64_t warm_up, cycles; /* of each thread */
    uint64_t wall_ns;
    struct usage usage, start;
    struct footprint before, end; /* before the first block; after the last cycle */
    uint64_t areas_most, live_peak, rss_peak;
    struct worker done;
};

_Noreturn static void fail(const char *reason) {
    fprintf(stderr, "random-mixed: %s\n", reason);
    exit(EXIT_WRONG);
}

static void stop_at_fault(enum mixed_fault fault) {
    static const char *const reasons[] = {[MIXED_NO_MEMORY] = "the allocator gave no memory",
                                          [MIXED_OVERWRITTEN] =
                                              "a block was overwritten while it lived",
                                          [MIXED_UNALIGNED] = "a block is not aligned to 16 bytes"};
    if (fault != MIXED_GOOD)
        fail(reasons[fault]);
}

static void look(struct measured *m, const struct mixed *mixed) {
    if (!footprint_read(&m->end))
        fail("/proc/self does not tell this process's memory");
    if (m->end.areas > m->areas_most)
        m->areas_most = m->end.areas;
    uint64_t live = mixed_live_bytes(mixed);
    if (live > m->live_peak) {
        m->live_peak = live;
        m->rss_peak = m->end.rss;
    }
}

/* Cycles of stretch `i` of STRETCHES which together make `cycles`. */
static uint64_t stretch_of(uint64_t cycles, unsigned i) {
    return cycles * (i + 1) / STRETCHES - cycles * i / STRETCHES;
}

static void warm_up(struct measured *m, struct crew *crew, const struct request *request) {
    uint64_t start = timer_ns(), most = request->milliseconds * 1000000 / 4;
    uint64_t all = request->operation == OPERATION_COUNT ? 0 : request->cycles / 4;
    for (unsigned i = 0; i < STRETCHES && timer_ns() - start <= most; i++) {
        uint64_t cycles = stretch_of(all, i);
        if (cycles > 0) /* 0 would end the crew */
            crew_run(crew, cycles);
        stop_at_fault(crew_fault(crew));
        m->warm_up += cycles;
    }
}

static struct measured measure(struct crew *crew, const struct mixed *mixed,
                               const struct request *request) {
    struct measured m = {0};
    if (!footprint_read(&m.before))
        fail("/proc/self does not tell this process's memory");
    warm_up(&m, crew, request);
    m.start = usage_read();
    struct worker before = crew_sum(crew);
    for (unsigned i = 0; i < STRETCHES && m.wall_ns <= request->milliseconds * 1000000; i++) {
        uint64_t cycles = stretch_of(request->cycles, i);
        struct usage usage = usage_read();
        uint64_t start = timer_ns();
        crew_run(crew, cycles);
        m.wall_ns += timer_ns() - start;
        struct usage now = usage_read();
        usage = usage_between(&usage, &now);
        usage_add(&m.usage, &usage);
        m.cycles += cycles;
        stop_at_fault(crew_fault(crew));
        if (i < LOOK_FIRST || i % LOOK_EVERY == 0)
            look(&m, mixed);
    }
    look(&m, mixed);
    m.done = crew_sum(crew);
    m.done.allocations -= before.allocations;
    m.done.frees -= before.frees;
    m.done.checksum -= before.checksum;
    return m;
}

static void print(const struct request *request, const struct measured *m, unsigned number) {
    double processor = m->usage.user + m->usage.system;
    uint64_t cycles = m->cycles * request->threads;
    line_begin(operation_names[request->operation], pattern_names[request->generator],
               request->scale, request->seed, number);
    printf(",\"draws\":%" PRIu64, m->done.checksum);
    printf(",\"values\":{\"cycles\":%" PRIu64 ",\"warm_up\":%" PRIu64
           ",\"mops\":%.6g,\"wall\":%.9f,\"user\":%.6f,\"system\":%.6f,\"kernel_share\":",
           cycles, m->warm_up * request->threads, (double)cycles * 1e3 / (double)m->wall_ns,
           (double)m->wall_ns / 1e9, m->usage.user, m->usage.system);
    printf(processor > 0 ? "%.6f" : "null", m->usage.system / processor);
    printf(",\"minor_faults\":%" PRIu64 ",\"start_user\":%.6f,\"start_system\":%.6f",
           m->usage.minor_faults, m->start.user, m->start.system);
    printf(",\"areas\":%" PRIu64 ",\"areas_most\":%" PRIu64 ",\"rss_most\":%" PRIu64
           ",\"rss_before\":%" PRIu64,
           m->end.areas, m->areas_most, m->end.rss_most, m->before.rss);
    printf(m->live_peak ? ",\"live_peak\":%" PRIu64 ",\"rss_peak\":%" PRIu64
                        : ",\"live_peak\":null,\"rss_peak\":null",
           m->live_peak, m->rss_peak);
    printf(",\"allocations\":%" PRIu64 ",\"frees\":%" PRIu64 "}", m->done.allocations,
           m->done.frees);
    line_end();
}

int main(int argc, char **argv) {
    struct request request = read_request(argc, argv);
    /* Not from the allocator that is measured. */
    void *slots = mmap(NULL, request.scale * sizeof(void *), PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (slots == MAP_FAILED)
        fail("no memory for the slots");
    struct mixed mixed = {
        .range = {.slots = (uint32_t)request.scale,
                  .size_low = (uint32_t)request.size_low,
                  .size_span = (uint32_t)(request.size_high - request.size_low + 1)},
        .generator = request.generator,
        .touch = request.loop_alone ? TOUCH_NOTHING : (enum touch)request.touch,
        .shared = request.threads > 1,
        .control = request.loop_alone,
        .slots = slots};
    static struct crew crew;
    if (!crew_start(&crew, &mixed, &request))
        fail("a thread could not be started");
    if (request.steps)
        steps_ready();
    for (unsigned i = 0; request.steps ? steps_go("random-mixed") : i == 0; i++) {
        struct measured measured = measure(&crew, &mixed, &request);
        print(&request, &measured, i);
    }
    crew_end(&crew);
    stop_at_fault(mixed_clear(&mixed));
    return 0;
}
