/* steps.c - what single steps cost, in nanoseconds: those that the workload is made of.
 *
 *     steps [--allocator NAME] [--rounds N]
 *
 * stdout gets one line of JSON.  Each cost is the median of ROUNDS timings of many steps:
 *   cycle        one cycle of the processor: an addition that waits for the one before
 *   pair         malloc and free of one block of 64 bytes, which the thread frees first and gets
 *                again: the shortest way through an allocator
 *   empty_pair   the same loop without the two calls
 *   lookup       malloc_usable_size of a random block out of BLOCKS of random sizes.  It is no part
 *                of the workload; it is the public function that has to find what a block belongs
 *                to and does nothing else
 *   empty_lookup the same loop, reading the block's address alone
 *   map          mmap and munmap of 64 KiB that nobody touches
 *   touched_map  the same, with each page touched once: the page faults are in it
 *
 * Exit status: 0; 1 if there is no memory or malloc is not that of --allocator; 2 for a bad
 * argument. */
#include "draw.h"
#include "process.h"
#include "timer.h"

#include <getopt.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { EXIT_WRONG = 1, EXIT_USAGE = 2 };
enum { BLOCKS = 8192, ROUNDS = 15, ROUNDS_MAX = 999, MAP_BYTES = 1 << 16 };

/* Makes the compiler believe that a value is read and written here. */
#define OPAQUE(value) __asm__ volatile("" : "+r"(value)::"memory")

static void *blocks[BLOCKS];
static uint32_t order[BLOCKS]; /* in which they are looked up */

_Noreturn static void fail(const char *reason) {
    fprintf(stderr, "steps: %s\n", reason);
    exit(EXIT_WRONG);
}

/* ---- The steps; each runs `count` of them ---- */

static void run_cycle(uint64_t count) {
    uint64_t sum = 0, one = 1;
    OPAQUE(one); /* an addition of a constant may be free */
    for (uint64_t i = 0; i < count; i++) {
        sum += one;
        OPAQUE(sum);
    }
}

static void run_pair(uint64_t count) {
    for (uint64_t i = 0; i < count; i++) {
        void *block = malloc(64);
        OPAQUE(block);
        free(block);
    }
}

static void run_empty_pair(uint64_t count) {
    for (uint64_t i = 0; i < count; i++) {
        void *block = blocks;
        OPAQUE(block);
    }
}

static void run_lookup(uint64_t count) {
    uint64_t sum = 0;
    for (uint64_t i = 0; i < count; i++)
        sum += malloc_usable_size(blocks[order[i % BLOCKS]]);
    OPAQUE(sum);
}

static void run_empty_lookup(uint64_t count) {
    uint64_t sum = 0;
    for (uint64_t i = 0; i < count; i++) {
        sum += (uintptr_t)blocks[order[i % BLOCKS]];
        OPAQUE(sum);
    }
}

static void map_once(size_t step) {
    char *memory =
        mmap(NULL, MAP_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        fail("no memory");
    for (size_t at = 0; at < MAP_BYTES; at += step)
        if (step < MAP_BYTES)
            memory[at] = 1;
    munmap(memory, MAP_BYTES);
}

static void run_map(uint64_t count) {
    for (uint64_t i = 0; i < count; i++)
        map_once(MAP_BYTES);
}

static void run_touched_map(uint64_t count) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    for (uint64_t i = 0; i < count; i++)
        map_once(page);
}

static const struct step {
    const char *name;
    void (*run)(uint64_t count);
    uint64_t count;
} steps[] = {
    {"cycle", run_cycle, 2000000},
    {"pair", run_pair, 200000},
    {"empty_pair", run_empty_pair, 200000},
    {"lookup", run_lookup, 32 * BLOCKS},
    {"empty_lookup", run_empty_lookup, 32 * BLOCKS},
    {"map", run_map, 1000},
    {"touched_map", run_touched_map, 200},
};

/* ---- Timing ---- */

static int compare(const void *one, const void *other) {
    double a = *(const double *)one, b = *(const double *)other;
    return (a > b) - (a < b);
}

static double median_ns(const struct step *step, unsigned rounds) {
    double ns[ROUNDS_MAX] = {0};
    step->run(step->count); /* warm */
    for (unsigned i = 0; i < rounds; i++) {
        uint64_t start = timer_ns();
        step->run(step->count);
        ns[i] = (double)(timer_ns() - start) / (double)step->count;
    }
    qsort(ns, rounds, sizeof ns[0], compare);
    return rounds % 2 ? ns[rounds / 2] : (ns[rounds / 2 - 1] + ns[rounds / 2]) / 2;
}

/* Random sizes, looked up in an order that has nothing to do with the addresses. */
static void make_blocks(void) {
    struct range range = {.slots = BLOCKS, .size_low = 16, .size_span = 1009};
    uint64_t state = 42;
    for (uint32_t i = 0; i < BLOCKS; i++) {
        struct draw draw = draw_next(&state, &range, GENERATOR_GOOD);
        order[i] = draw.slot;
        blocks[i] = malloc(draw.size);
        if (!blocks[i])
            fail("the allocator gave no memory");
    }
}

int main(int argc, char **argv) {
    static const struct option options[] = {{"allocator", required_argument, NULL, 'a'},
                                            {"rounds", required_argument, NULL, 'r'},
                                            {NULL, 0, NULL, 0}};
    const char *allocator = NULL;
    unsigned long rounds = ROUNDS;
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (option == 'a') {
            allocator = optarg;
        } else if (option == 'r') {
            char *end;
            rounds = strtoul(optarg, &end, 10);
            if (*optarg < '0' || *optarg > '9' || *end || rounds < 1 || rounds > ROUNDS_MAX) {
                fprintf(stderr, "steps: --rounds %s: wanted a number from 1 to %d\n", optarg,
                        ROUNDS_MAX);
                return EXIT_USAGE;
            }
        } else {
            fputs("usage: steps [--allocator NAME] [--rounds N]\n", stderr);
            return EXIT_USAGE;
        }
    }
    if (optind != argc) {
        fputs("usage: steps [--allocator NAME] [--rounds N]\n", stderr);
        return EXIT_USAGE;
    }
    if (allocator && strcmp(process_allocator(), allocator) != 0) {
        fprintf(stderr, "steps: malloc is that of %s, not of %s\n", process_allocator(), allocator);
        return EXIT_WRONG;
    }
    make_blocks();
    printf("{\"allocator\":\"%s\"", process_allocator());
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        printf(",\"%s_ns\":%.6g", steps[i].name, median_ns(&steps[i], (unsigned)rounds));
    puts("}");
    for (uint32_t i = 0; i < BLOCKS; i++)
        free(blocks[i]);
    return 0;
}
