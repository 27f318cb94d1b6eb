/* random_mixed.c - blocks of random size, allocated and freed in random slots.
 *
 *     random-mixed CYCLES SLOTS SEED [--generator lcg|good] [--threads N] [--touch 0|1|2]
 *                  [--sizes LOW:HIGH] [--warm-up CYCLES] [--seconds S] [--control]
 *                  [--allocator NAME]
 *
 * A warm-up runs first; then the clock runs for CYCLES cycles of each thread, in STRETCHES, between
 * which it stands still while the process's memory is looked at now and then.  With --seconds it
 * ends at the end of the stretch in which the clock passes S, and the warm-up after a quarter of
 * that.  The workload itself is described in mixed.h, the two generators in draw.h.
 *
 * stdout gets one line of JSON.  Its fields, times in seconds and memory in bytes:
 *   allocator                       the file whose malloc served this process
 *   slots, seed, generator, ...     what was asked for
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
 *   allocations, frees, checksum    while the clock ran; the checksum is of the draws
 *
 * Exit status: 0; 1 if a block was overwritten, could not be had or came from another allocator
 * than --allocator names; 2 for a bad argument. */
#include "footprint.h"
#include "mixed.h"
#include "process.h"
#include "timer.h"

#include <getopt.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { EXIT_WRONG = 1, EXIT_USAGE = 2 };
enum { STRETCHES = 512, THREADS_MAX = 64 };

/* After the first stretches, memory is looked at now and then only: looking takes time, and the
 * caches. */
enum { LOOK_FIRST = 16, LOOK_EVERY = 32 };

struct request {
    uint64_t cycles, warm_up, seed; /* cycles of each thread */
    uint32_t slots, size_low, size_high;
    enum generator generator;
    enum touch touch;
    unsigned threads;
    uint64_t limit_ns; /* of the clock */
    bool control;
    const char *allocator; /* NULL: any */
};

/* ---- Arguments ---- */

static const char usage[] =
    "usage: random-mixed CYCLES SLOTS SEED [--generator lcg|good] [--threads N] [--touch 0|1|2]\n"
    "                    [--sizes LOW:HIGH] [--warm-up CYCLES] [--seconds S] [--control]\n"
    "                    [--allocator NAME]\n";

_Noreturn static void refuse(const char *what, const char *text, const char *wanted) {
    fprintf(stderr, "random-mixed: %s %s: %s\n", what, text, wanted);
    exit(EXIT_USAGE);
}

/* The number that `text` is, up to `stop`. */
static uint64_t number_of(const char *what, const char *text, char stop, uint64_t low,
                          uint64_t high) {
    char *end, wanted[80];
    uint64_t number = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != stop || number < low || number > high) {
        snprintf(wanted, sizeof wanted, "wanted a number from %" PRIu64 " to %" PRIu64, low, high);
        refuse(what, text, wanted);
    }
    return number;
}

static void read_sizes(struct request *request, const char *text) {
    const char *colon = strchr(text, ':');
    if (!colon)
        refuse("--sizes", text, "wanted two numbers, LOW:HIGH");
    request->size_low = (uint32_t)number_of("--sizes", text, ':', MIXED_SIZE_MIN, MIXED_SIZE_MAX);
    request->size_high =
        (uint32_t)number_of("--sizes", colon + 1, '\0', request->size_low, MIXED_SIZE_MAX);
}

static uint64_t nanoseconds_of(const char *text) {
    char *end;
    double seconds = strtod(text, &end);
    if (*text < '0' || *text > '9' || *end || !(seconds > 0 && seconds <= 86400))
        refuse("--seconds", text, "wanted a time up to 86400");
    return (uint64_t)(seconds * 1e9);
}

static enum generator generator_of(const char *text) {
    if (strcmp(text, "lcg") == 0)
        return GENERATOR_LCG;
    if (strcmp(text, "good") == 0)
        return GENERATOR_GOOD;
    refuse("--generator", text, "wanted lcg or good");
}

static struct request read_request(int argc, char **argv) {
    static const struct option options[] = {{"generator", required_argument, NULL, 'g'},
                                            {"threads", required_argument, NULL, 'n'},
                                            {"touch", required_argument, NULL, 't'},
                                            {"sizes", required_argument, NULL, 's'},
                                            {"warm-up", required_argument, NULL, 'w'},
                                            {"control", no_argument, NULL, 'c'},
                                            {"seconds", required_argument, NULL, 'l'},
                                            {"allocator", required_argument, NULL, 'a'},
                                            {NULL, 0, NULL, 0}};
    struct request request = {.generator = GENERATOR_LCG,
                              .touch = TOUCH_START,
                              .size_low = 16,
                              .size_high = 1024,
                              .threads = 1,
                              .limit_ns = UINT64_MAX};
    const char *warm_up = NULL;
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (option) {
        case 'g':
            request.generator = generator_of(optarg);
            break;
        case 'n':
            request.threads = (unsigned)number_of("--threads", optarg, '\0', 1, THREADS_MAX);
            break;
        case 't':
            request.touch = (enum touch)number_of("--touch", optarg, '\0', 0, TOUCH_ENDS);
            break;
        case 's':
            read_sizes(&request, optarg);
            break;
        case 'w':
            warm_up = optarg;
            break;
        case 'l':
            request.limit_ns = nanoseconds_of(optarg);
            break;
        case 'c':
            request.control = true;
            break;
        case 'a':
            request.allocator = optarg;
            break;
        default:
            fputs(usage, stderr);
            exit(EXIT_USAGE);
        }
    }
    if (argc - optind != 3) {
        fputs(usage, stderr);
        exit(EXIT_USAGE);
    }
    request.cycles = number_of("CYCLES", argv[optind], '\0', STRETCHES, UINT64_C(1) << 50);
    request.slots = (uint32_t)number_of("SLOTS", argv[optind + 1], '\0', 1, UINT32_MAX);
    request.seed = number_of("SEED", argv[optind + 2], '\0', 0, UINT32_MAX);
    request.warm_up =
        warm_up ? number_of("--warm-up", warm_up, '\0', 0, UINT64_C(1) << 50) : request.cycles / 4;
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
    crew->count = request->threads;
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
    uint64_t start = timer_ns();
    for (unsigned i = 0; i < STRETCHES && timer_ns() - start <= request->limit_ns / 4; i++) {
        uint64_t cycles = stretch_of(request->warm_up, i);
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
    for (unsigned i = 0; i < STRETCHES && m.wall_ns <= request->limit_ns; i++) {
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

static void print(const struct request *request, const struct measured *m) {
    double processor = m->usage.user + m->usage.system;
    uint64_t cycles = m->cycles * request->threads;
    printf("{\"allocator\":\"%s\",\"cycles\":%" PRIu64 ",\"slots\":%" PRIu32 ",\"seed\":%" PRIu64
           ",\"generator\":\"%s\",\"threads\":%u,\"touch\":%d,\"size_low\":%" PRIu32
           ",\"size_high\":%" PRIu32 ",\"warm_up\":%" PRIu64 ",\"control\":%s",
           process_allocator(), cycles, request->slots, request->seed,
           request->generator == GENERATOR_LCG ? "lcg" : "good", request->threads,
           (int)request->touch, request->size_low, request->size_high,
           m->warm_up * request->threads, request->control ? "true" : "false");
    printf(",\"mops\":%.6g,\"wall\":%.9f,\"user\":%.6f,\"system\":%.6f,\"kernel_share\":",
           (double)cycles * 1e3 / (double)m->wall_ns, (double)m->wall_ns / 1e9, m->usage.user,
           m->usage.system);
    printf(processor > 0 ? "%.6f" : "null", m->usage.system / processor);
    printf(",\"minor_faults\":%" PRIu64 ",\"start_user\":%.6f,\"start_system\":%.6f",
           m->usage.minor_faults, m->start.user, m->start.system);
    printf(",\"areas\":%" PRIu64 ",\"areas_most\":%" PRIu64 ",\"rss_most\":%" PRIu64
           ",\"rss_before\":%" PRIu64,
           m->end.areas, m->areas_most, m->end.rss_most, m->before.rss);
    printf(m->live_peak ? ",\"live_peak\":%" PRIu64 ",\"rss_peak\":%" PRIu64
                        : ",\"live_peak\":null,\"rss_peak\":null",
           m->live_peak, m->rss_peak);
    printf(",\"allocations\":%" PRIu64 ",\"frees\":%" PRIu64 ",\"checksum\":%" PRIu64 "}\n",
           m->done.allocations, m->done.frees, m->done.checksum);
}

int main(int argc, char **argv) {
    struct request request = read_request(argc, argv);
    if (request.allocator && strcmp(process_allocator(), request.allocator) != 0) {
        fprintf(stderr, "random-mixed: malloc is that of %s, not of %s\n", process_allocator(),
                request.allocator);
        return EXIT_WRONG;
    }
    /* Not from the allocator that is measured. */
    void *slots = mmap(NULL, request.slots * sizeof(void *), PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (slots == MAP_FAILED)
        fail("no memory for the slots");
    struct mixed mixed = {.range = {.slots = request.slots,
                                    .size_low = request.size_low,
                                    .size_span = request.size_high - request.size_low + 1},
                          .generator = request.generator,
                          .touch = request.control ? TOUCH_NOTHING : request.touch,
                          .shared = request.threads > 1,
                          .control = request.control,
                          .slots = slots};
    static struct crew crew;
    if (!crew_start(&crew, &mixed, &request))
        fail("a thread could not be started");
    struct measured measured = measure(&crew, &mixed, &request);
    crew_end(&crew);
    stop_at_fault(mixed_clear(&mixed));
    print(&request, &measured);
    return 0;
}
