/* limits.c - what the machine itself costs: the floor under every figure of a map.
 *
 * It is a cell (experiments/cell.c tells of the protocol).  Its operations:
 *
 *     load_lines    one load that needs the one before it, from a random cache line of a footprint
 *     load_pages    the same with one line in each page: little data, but every page's translation
 *     load_many     one of many loads from random lines that do not need each other: 32 chains are
 *                   followed at once, which is more than processors have misses under way
 *     read, write, copy     bandwidth over a footprint, in the order of addresses
 *     fault         the first touch of a page
 *
 * each on small pages and, where the system can be asked for them, on huge ones: the patterns.
 * scale is the footprint in bytes, of a fault the page's size.  A sample's value is called ns, that
 * of a bandwidth gb_per_s.  Every sample has a mapping of its own.  One process is one replicate:
 * where its pages lie in memory is chance, and decides which of them share a cache's sets.
 *
 * Exit status: 0; 2 for a bad argument; 3 without memory.
 *
 * Method: the chase through a random cycle is that of lmbench (McVoy and Staelin, USENIX 1996). */
#define _GNU_SOURCE 1
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "arguments.h"
#include "line.h"
#include "steps.h"
#include "timer.h"

enum { LINE = 64 /* bytes */, LOADS_AT_ONCE = 16 /* of one chain, unrolled */, CHAINS = 32 };
enum { SMALLEST = 4096 /* bytes of a footprint */ };
static const size_t huge_page = (size_t)2 << 20;
static const uint64_t measure_ns = 20 * 1000 * 1000; /* each figure lasts at least this long, and */
enum { PIECES_LEAST = 9, PIECES_MOST = 4096 };       /* so many pieces; after the most it ends */

enum pages { PAGES_SMALL, PAGES_HUGE, PAGES_KINDS };
static const char *const pages_names[PAGES_KINDS] = {"small", "huge"};

enum operation {
    OP_LOAD_LINES,
    OP_LOAD_PAGES,
    OP_LOAD_MANY,
    OP_READ,
    OP_WRITE,
    OP_COPY,
    OP_FAULT,
    OPERATIONS
};
static const char *const operation_names[OPERATIONS] = {
    "load_lines", "load_pages", "load_many", "read", "write", "copy", "fault"};

static size_t page_size(enum pages pages) {
    return pages == PAGES_HUGE ? huge_page : (size_t)sysconf(_SC_PAGESIZE);
}

/* Where results go to die: the compiler must believe that somebody reads them. */
static volatile uintptr_t sink;

/* ---- Pieces ---- */

struct pieces {
    uint64_t begun, last; /* readings of the clock */
    size_t count;
    double cost[PIECES_MOST];
};

static void pieces_begin(struct pieces *pieces) {
    pieces->count = 0;
    pieces->begun = pieces->last = timer_ns();
}

/* Ends a piece in which something was done `times` times.  True while there is to be another. */
static bool pieces_next(struct pieces *pieces, size_t times) {
    uint64_t now = timer_ns();
    pieces->cost[pieces->count++] = (double)(now - pieces->last) / (double)times;
    bool enough = pieces->count >= PIECES_LEAST && now - pieces->begun >= measure_ns;
    pieces->last = timer_ns();
    return !enough && pieces->count < PIECES_MOST;
}

static int compare_costs(const void *a, const void *b) {
    double first = *(const double *)a, second = *(const double *)b;
    return (first > second) - (first < second);
}

/* The median cost of doing it once, in ns. */
static double pieces_median(struct pieces *pieces) {
    qsort(pieces->cost, pieces->count, sizeof *pieces->cost, compare_costs);
    return pieces->cost[pieces->count / 2];
}

/* ---- Memory ---- */

struct mapping {
    void *whole; /* what is to be unmapped */
    size_t whole_bytes;
    char *start; /* of the footprint: a huge page's boundary */
};

/* Maps at least `bytes`, of which nothing is touched, and asks for pages of this kind.  False if
 * there is no memory, which is told on stderr. */
static bool map(struct mapping *mapping, size_t bytes, enum pages pages) {
    mapping->whole_bytes = bytes + huge_page;
    mapping->whole = mmap(NULL, mapping->whole_bytes, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapping->whole == MAP_FAILED) {
        fprintf(stderr, "limits: no memory for a footprint of %zu bytes: %s\n", bytes,
                strerror(errno));
        return false;
    }
    uintptr_t address = (uintptr_t)mapping->whole;
    mapping->start = (char *)((address + huge_page - 1) / huge_page * huge_page);
#ifdef MADV_HUGEPAGE
    madvise(mapping->whole, mapping->whole_bytes,
            pages == PAGES_HUGE ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
#else
    (void)pages;
#endif
    return true;
}

static void unmap(struct mapping *mapping) {
    munmap(mapping->whole, mapping->whole_bytes);
}

/* True if the system can be asked for huge pages and gives them. */
static bool has_huge_pages(void) {
#ifdef MADV_HUGEPAGE
    char line[64] = "";
    FILE *file = fopen("/sys/kernel/mm/transparent_hugepage/enabled", "r");
    if (file) {
        if (!fgets(line, sizeof line, file))
            line[0] = '\0';
        fclose(file);
    }
    return line[0] && !strstr(line, "[never]");
#else
    return false;
#endif
}

/* ---- Dependent loads ---- */

/* A number below `limit` <= 2^32: SplitMix64, scaled. */
static size_t random_below(uint64_t *state, size_t limit) {
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return (size_t)(((z ^ z >> 31) >> 32) * limit >> 32);
}

/* The place of step i: the start of a line; in a page of its own line number i, so that the steps
 * do not all fall into the same set of a cache. */
static char *place(char *start, size_t i, size_t stride) {
    return start + i * stride + (stride > LINE ? i * LINE % stride : 0);
}

/* Writes a random cycle through all places: each holds the next one's address.  Sattolo's shuffle
 * makes a permutation of one cycle.  False without memory for it. */
static bool link_cycle(char *start, size_t count, size_t stride, uint64_t seed) {
    uint32_t *order = malloc(count * sizeof *order);
    if (!order)
        return false;
    for (size_t i = 0; i < count; i++)
        order[i] = (uint32_t)i;
    for (size_t i = count - 1; i > 0; i--) {
        size_t j = random_below(&seed, i);
        uint32_t other = order[i];
        order[i] = order[j];
        order[j] = other;
    }
    for (size_t i = 0; i < count; i++)
        *(char **)place(start, i, stride) = place(start, order[i], stride);
    free(order);
    return true;
}

static char *follow(char *at, size_t loads) {
    for (size_t i = 0; i < loads; i += LOADS_AT_ONCE) {
#pragma GCC unroll 16
        for (int j = 0; j < LOADS_AT_ONCE; j++)
            at = *(char **)at;
    }
    return at;
}

/* The same along all chains, `loads` each. */
static void follow_all(char *at[CHAINS], size_t loads) {
    for (size_t i = 0; i < loads; i++)
        for (int chain = 0; chain < CHAINS; chain++)
            at[chain] = *(char **)at[chain];
}

/* What a load costs where one chain is followed, or all. */
static double load_ns(char *start, size_t footprint, size_t count, size_t stride, bool all) {
    enum { WARM = 1 << 20, NEAR = 256 << 10 };
    /* Some ten microseconds either way: the clock's own time is lost in it. */
    size_t piece = footprint <= NEAR ? 1 << 14 : 1 << 10;
    struct pieces pieces;
    char *at[CHAINS];
    at[0] = follow(start, count < WARM ? count : WARM);
    for (size_t chain = 1; chain < CHAINS; chain++)
        at[chain] = place(start, chain * count / CHAINS, stride); /* anywhere on the cycle */
    pieces_begin(&pieces);
    do {
        if (all)
            follow_all(at, piece / CHAINS);
        else
            at[0] = follow(at[0], piece);
    } while (pieces_next(&pieces, piece));
    for (size_t chain = 0; chain < CHAINS; chain++)
        sink = (uintptr_t)at[chain];
    return pieces_median(&pieces);
}

static bool measure_load(double *ns, size_t footprint, size_t stride, enum pages pages, bool all,
                         uint64_t seed) {
    struct mapping mapping;
    size_t count = footprint / stride;
    if (!map(&mapping, footprint, pages))
        return false;
    bool good = link_cycle(mapping.start, count, stride, seed);
    if (good)
        *ns = load_ns(mapping.start, footprint, count, stride, all);
    else
        fprintf(stderr, "limits: no memory to shuffle %zu places\n", count);
    unmap(&mapping);
    return good;
}

/* ---- Bandwidth ---- */

/* What a register of every processor at hand holds.  Four sums, so that no addition waits for the
 * one before it; in variables of their own, since compilers leave an array of them in memory. */
typedef uint64_t word2 __attribute__((vector_size(16), may_alias));

static void read_all(char *to, char *from, size_t bytes) {
    word2 a = {0}, b = {0}, c = {0}, d = {0};
    (void)to;
    for (char *at = from; at < from + bytes; at += LINE) {
        const word2 *line = (const word2 *)(void *)at;
        a += line[0];
        b += line[1];
        c += line[2];
        d += line[3];
    }
    a += b + c + d;
    sink = (uintptr_t)(a[0] + a[1]);
}

static void write_all(char *to, char *from, size_t bytes) {
    (void)from;
    memset(to, (int)sink & 1, bytes);
    sink = (uintptr_t)to[bytes / 2];
}

static void copy_all(char *to, char *from, size_t bytes) {
    memcpy(to, from, bytes);
    sink = (uintptr_t)to[bytes / 2];
}

/* Gigabytes that pass the processor in a second: a copied byte counts once as read and once as
 * written.  The footprint is all that is touched: a copy reads one half of it and writes the other.
 * A piece is a part of a large footprint, or several passes over a small one. */
static const struct way {
    void (*pass)(char *to, char *from, size_t bytes);
    size_t parts;
} ways[] = {[OP_READ] = {read_all, 1}, [OP_WRITE] = {write_all, 1}, [OP_COPY] = {copy_all, 2}};

static bool measure_bandwidth(double *gb_per_s, size_t footprint, const struct way *way,
                              enum pages pages) {
    enum { PIECE = 1 << 20 };
    struct mapping mapping;
    if (!map(&mapping, footprint, pages))
        return false;
    memset(mapping.start, 1, footprint);
    size_t bytes = footprint / way->parts, at = 0;
    size_t step = bytes < PIECE ? bytes : PIECE, passes = PIECE / step;
    char *from = mapping.start, *to = mapping.start + footprint - bytes;
    struct pieces pieces;
    way->pass(to, from, bytes);
    pieces_begin(&pieces);
    do {
        for (size_t pass = 0; pass < passes; pass++) {
            way->pass(to + at, from + at, step);
            at = (at + step) % bytes;
        }
    } while (pieces_next(&pieces, passes * step * way->parts));
    *gb_per_s = 1 / pieces_median(&pieces);
    unmap(&mapping);
    return true;
}

/* ---- Page faults ---- */

/* A piece is one huge page, or as many small ones as take a few microseconds. */
static bool measure_fault(double *ns, enum pages pages) {
    const size_t bytes = (size_t)64 << 20;
    struct mapping mapping;
    if (!map(&mapping, bytes, pages))
        return false;
    size_t page = page_size(pages);
    size_t at_once = pages == PAGES_HUGE ? 1 : 16;
    struct pieces pieces;
    pieces_begin(&pieces);
    bool more = true;
    for (size_t at = 0; more && at + at_once * page <= bytes; at += at_once * page) {
        for (size_t i = 0; i < at_once; i++)
            ((volatile char *)mapping.start)[at + i * page] = 1;
        more = pieces_next(&pieces, at_once);
    }
    *ns = pieces_median(&pieces);
    unmap(&mapping);
    return true;
}

/* ---- The whole ---- */

struct request {
    enum operation operation;
    enum pages pages;
    bool steps;
    uint64_t scale, seed;
};

static bool measure(double *value, const struct request *request) {
    size_t stride = request->operation == OP_LOAD_PAGES ? page_size(PAGES_SMALL) : LINE;
    switch (request->operation) {
    case OP_LOAD_LINES:
    case OP_LOAD_PAGES:
    case OP_LOAD_MANY:
        return measure_load(value, request->scale, stride, request->pages,
                            request->operation == OP_LOAD_MANY, request->seed + request->scale);
    case OP_FAULT:
        return measure_fault(value, request->pages);
    default:
        return measure_bandwidth(value, request->scale, &ways[request->operation], request->pages);
    }
}

static const char usage[] =
    "usage: limits --op load_lines|load_pages|load_many|read|write|copy|fault\n"
    "              --pattern small|huge --scale BYTES --seed N [--steps]\n"
    "       limits --describe\n"
    "BYTES: a power of two from 4096, 16384 for read, write and copy, 16 pages for\n"
    "load_pages; of a fault the page\n";

/* The SMALLEST footprint of an operation that has one. */
static size_t least_scale(enum operation operation) {
    return operation == OP_LOAD_LINES || operation == OP_LOAD_MANY ? SMALLEST
           : operation == OP_LOAD_PAGES                            ? 16 * page_size(PAGES_SMALL)
                                                                   : 4 * SMALLEST;
}

static struct request read_request(int argc, char **argv) {
    const struct arguments arguments = {.program = "limits",
                                        .usage = usage,
                                        .operations = operation_names,
                                        .operation_count = OPERATIONS,
                                        .patterns = pages_names,
                                        .pattern_count =
                                            has_huge_pages() ? PAGES_KINDS : PAGES_HUGE,
                                        .scale_least = SMALLEST,
                                        .scale_most = UINT64_C(1) << 37};
    struct asked asked;
    arguments_read(&arguments, argc, argv, &asked, NULL);
    struct request request = {.operation = (enum operation)asked.operation,
                              .pages = (enum pages)asked.pattern,
                              .steps = asked.steps,
                              .scale = asked.scale,
                              .seed = asked.seed};
    size_t least = least_scale(request.operation);
    char wanted[80];
    if (request.operation == OP_FAULT && asked.scale != page_size(request.pages)) {
        snprintf(wanted, sizeof wanted, "wanted the page, %zu", page_size(request.pages));
        arguments_refuse_number(&arguments, "scale", asked.scale, wanted);
    }
    if (request.operation != OP_FAULT &&
        (asked.scale < least || (asked.scale & (asked.scale - 1)) != 0)) {
        snprintf(wanted, sizeof wanted, "wanted a power of two from %zu", least);
        arguments_refuse_number(&arguments, "scale", asked.scale, wanted);
    }
    return request;
}

int main(int argc, char **argv) {
    struct request request = read_request(argc, argv);
    bool bandwidth = request.operation == OP_READ || request.operation == OP_WRITE ||
                     request.operation == OP_COPY;
    double value;
    if (request.steps)
        steps_ready();
    for (unsigned i = 0; request.steps ? steps_go("limits") : i == 0; i++) {
        if (!measure(&value, &request))
            return EXIT_NO_MEMORY;
        line_begin(operation_names[request.operation], pages_names[request.pages], request.scale,
                   request.seed, i);
        printf(",\"values\":{\"%s\":%.17g}", bandwidth ? "gb_per_s" : "ns", value);
        line_end();
    }
    return 0;
}
