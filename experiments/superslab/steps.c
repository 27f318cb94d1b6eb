/* steps.c - what single steps cost, in nanoseconds: those that the workload is made of.
 *
 * It is a cell (experiments/cell.c tells of the protocol): operation steps, pattern good, scale the
 * number of blocks that are looked up.  The values of a sample are the medians of `rounds` timings
 * of many steps: cycle        one cycle of the processor: an addition that waits for the one before
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
 * Exit status: 0; 1 if there is no memory; 2 for a bad argument. */
#include "arguments.h"
#include "draw.h"
#include "line.h"
#include "steps.h"
#include "timer.h"

#include <malloc.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

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

static const char usage[] =
    "usage: steps --op steps --pattern good --scale 8192 --seed N [--rounds N] [--steps]\n"
    "       steps --describe\n";

int main(int argc, char **argv) {
    static const char *const operation = "steps", *const pattern = "good";
    static const struct argument own = {"rounds", ARGUMENT_PARAMETER, 0, 1, ROUNDS_MAX, ROUNDS};
    static const struct arguments arguments = {.program = "steps",
                                               .usage = usage,
                                               .operations = &operation,
                                               .operation_count = 1,
                                               .patterns = &pattern,
                                               .pattern_count = 1,
                                               .scale_least = BLOCKS,
                                               .scale_most = BLOCKS,
                                               .own = &own,
                                               .own_count = 1};
    uint64_t rounds;
    struct asked asked;
    arguments_read(&arguments, argc, argv, &asked, &rounds);
    make_blocks();
    if (asked.steps)
        steps_ready();
    for (unsigned number = 0; asked.steps ? steps_go("steps") : number == 0; number++) {
        line_begin(operation, pattern, BLOCKS, asked.seed, number);
        printf(",\"values\":{");
        for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
            printf("%s\"%s_ns\":%.6g", i ? "," : "", steps[i].name,
                   median_ns(&steps[i], (unsigned)rounds));
        putchar('}');
        line_end();
    }
    for (uint32_t i = 0; i < BLOCKS; i++)
        free(blocks[i]);
    return 0;
}
