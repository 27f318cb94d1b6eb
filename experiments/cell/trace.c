/* trace.c - see trace.h. */
#include "trace.h"
#include "number_key.h"
#include "process.h"

const char *const pattern_names[PATTERNS] = {"sequential", "shuffled", "random", "file"};

/* SplitMix64's finalizer (Steele, Lea and Flood, OOPSLA 2014): a bijection, so that distinct inputs
 * give distinct outputs. */
static uint64_t mix(uint64_t x) {
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

static const uint64_t golden = UINT64_C(0x9e3779b97f4a7c15);

/* A number in [0, limit), limit <= 2^32, all nearly equally likely: SplitMix64, scaled. */
static size_t random_below(uint64_t *state, size_t limit) {
    *state += golden;
    return (size_t)((mix(*state) >> 32) * limit >> 32);
}

static void shuffle(uint64_t *numbers, size_t count, uint64_t seed) {
    uint64_t state = seed;
    for (size_t i = count; i > 1; i--) {
        size_t j = random_below(&state, i);
        uint64_t other = numbers[j];
        numbers[j] = numbers[i - 1];
        numbers[i - 1] = other;
    }
}

/* A trace's memory comes from the system: what malloc has served, and has got back from here, would
 * serve the map next, and would be missing in what the map makes resident. */

static size_t steps_bytes(const struct trace *trace) {
    return trace->count * sizeof *trace->steps;
}

static size_t room_bytes(const struct trace *trace) {
    return trace->count * NUMBER_KEY_BYTES;
}

static bool give_keys(struct trace *trace, const uint64_t *numbers, uint64_t seed) {
    trace->room = NUMBER_KEY_BYTES > 0 ? process_pages(room_bytes(trace)) : NULL;
    if (NUMBER_KEY_BYTES > 0 && !trace->room)
        return false;
    char *room = trace->room;
    for (size_t i = 0; i < trace->count; i++) {
        trace->steps[i].key = number_key(numbers[i], &room);
        trace->steps[i].value = mix(numbers[i] + seed);
    }
    return true;
}

/* The key's number is that of its line. */
static void give_lines(struct trace *trace, const struct keyfile_line *lines, size_t first,
                       uint64_t seed) {
    for (size_t i = 0; i < trace->count; i++) {
        const struct keyfile_line *line = &lines[first + i];
        trace->steps[i].key = line_key(line->bytes, line->length);
        trace->steps[i].value = mix(first + i + seed);
    }
}

static bool make_numbers(struct trace *trace, enum pattern pattern, enum population population,
                         enum order order, uint64_t seed) {
    size_t count = trace->count;
    uint64_t *numbers = process_pages(count * sizeof *numbers);
    if (!numbers)
        return false;
    uint64_t first = population == POPULATION_ABSENT ? UINT64_C(1) << 32 : 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t number = first + i;
        numbers[i] = pattern == PATTERN_RANDOM ? mix(number + mix(seed)) : number;
    }
    if (pattern != PATTERN_SEQUENTIAL)
        shuffle(numbers, count, mix(seed + golden * (1 + (uint64_t)order)));
    bool made = give_keys(trace, numbers, seed);
    process_unmap(numbers, count * sizeof *numbers);
    return made;
}

bool trace_make(struct trace *trace, const struct keys *keys, enum population population,
                enum order order, size_t count) {
    *trace = (struct trace){.count = count};
    trace->steps = process_pages(steps_bytes(trace));
    bool made = trace->steps != NULL;
    if (made && keys->pattern == PATTERN_FILE)
        give_lines(trace, keys->file->lines, population == POPULATION_ABSENT ? keys->scale : 0,
                   keys->seed);
    else if (made)
        made = make_numbers(trace, keys->pattern, population, order, keys->seed);
    if (!made)
        trace_free(trace);
    return made;
}

void trace_free(struct trace *trace) {
    if (trace->steps)
        process_unmap(trace->steps, steps_bytes(trace));
    if (trace->room)
        process_unmap(trace->room, room_bytes(trace));
    *trace = (struct trace){0};
}
