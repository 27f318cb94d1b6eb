/* trace.c - see trace.h. */
#include "trace.h"
#include "number_key.h"
#include "process.h"
#include "splitmix.h"

const char *const pattern_names[PATTERNS] = {"sequential", "shuffled", "random", "file", "digests"};

static void shuffle(uint64_t *numbers, size_t count, uint64_t seed) {
    uint64_t state = seed;
    for (size_t i = count; i > 1; i--) {
        size_t j = splitmix_below(&state, i);
        uint64_t other = numbers[j];
        numbers[j] = numbers[i - 1];
        numbers[i - 1] = other;
    }
}

static uint64_t order_seed(uint64_t seed, enum order order) {
    return splitmix(seed + SPLITMIX_GOLDEN * (1 + (uint64_t)order));
}

/* A trace's memory comes from the system: what malloc has served, and has got back from here, would
 * serve the map next, and would be missing in what the map makes resident. */

static size_t steps_bytes(const struct trace *trace) {
    return trace->count * sizeof *trace->steps;
}

static bool make_steps(struct trace *trace, size_t count) {
    *trace = (struct trace){.count = count};
    trace->steps = process_pages(steps_bytes(trace));
    return trace->steps != NULL;
}

/* True with room NULL where keys have no bytes beside themselves. */
static bool make_room(struct trace *trace, size_t bytes) {
    trace->room_bytes = bytes;
    trace->room = bytes > 0 ? process_pages(bytes) : NULL;
    return bytes == 0 || trace->room;
}

static bool give_keys(struct trace *trace, enum pattern pattern, const uint64_t *numbers,
                      uint64_t seed) {
    if (!make_room(trace, trace->count * NUMBER_KEY_BYTES))
        return false;
    char *room = trace->room;
    for (size_t i = 0; i < trace->count; i++) {
        trace->steps[i].key = pattern == PATTERN_DIGESTS ? digest_key(numbers[i], &room)
                                                         : number_key(numbers[i], &room);
        trace->steps[i].value = splitmix(numbers[i] + seed);
    }
    return true;
}

/* Copies the bytes of keys that lie elsewhere in another order. */
static bool gather_keys(struct trace *trace) {
    size_t bytes = 0;
    for (size_t i = 0; i < trace->count; i++)
        bytes += key_bytes(trace->steps[i].key);
    if (!make_room(trace, bytes))
        return false;
    char *room = trace->room;
    for (size_t i = 0; i < trace->count; i++)
        trace->steps[i].key = key_copied(trace->steps[i].key, &room);
    return true;
}

/* The key's number is that of its line. */
static void give_line(struct step *step, const struct keyfile *file, size_t line, uint64_t seed) {
    step->key = line_key(file->lines[line].bytes, file->lines[line].length);
    step->value = splitmix(line + seed);
}

/* The lines as they come, from the first or from the one behind those that the map is filled with.
 */
static void give_lines(struct trace *trace, const struct keys *keys, enum population population) {
    size_t first = population == POPULATION_ABSENT ? keys->scale : 0;
    for (size_t i = 0; i < trace->count; i++)
        give_line(&trace->steps[i], keys->file, first + i, keys->seed);
}

/* The same of the file shuffled, and then each trace of it in an order of its own. */
static bool give_shuffled_lines(struct trace *trace, const struct keys *keys,
                                enum population population, enum order order) {
    size_t lines = keys->file->count, first = population == POPULATION_ABSENT ? keys->scale : 0;
    uint64_t *number = process_pages(lines * sizeof *number);
    if (!number)
        return false;
    for (size_t i = 0; i < lines; i++)
        number[i] = i;
    shuffle(number, lines, splitmix(keys->seed));
    shuffle(number + first, trace->count, order_seed(keys->seed, order));
    for (size_t i = 0; i < trace->count; i++)
        give_line(&trace->steps[i], keys->file, number[first + i], keys->seed);
    process_unmap(number, lines * sizeof *number);
    return gather_keys(trace);
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
        numbers[i] = pattern == PATTERN_RANDOM ? splitmix(number + splitmix(seed)) : number;
    }
    if (pattern != PATTERN_SEQUENTIAL)
        shuffle(numbers, count, order_seed(seed, order));
    bool made = give_keys(trace, pattern, numbers, seed);
    process_unmap(numbers, count * sizeof *numbers);
    return made;
}

bool trace_make(struct trace *trace, const struct keys *keys, enum population population,
                enum order order, size_t count) {
    bool made = make_steps(trace, count);
    if (made && keys->pattern == PATTERN_FILE && keys->shuffle_file)
        made = give_shuffled_lines(trace, keys, population, order);
    else if (made && keys->pattern == PATTERN_FILE)
        give_lines(trace, keys, population);
    else if (made)
        made = make_numbers(trace, keys->pattern, population, order, keys->seed);
    if (!made)
        trace_free(trace);
    return made;
}

bool trace_pick(struct trace *trace, const struct trace *from, const uint32_t *which,
                size_t count) {
    bool made = make_steps(trace, count);
    for (size_t i = 0; made && i < count; i++)
        trace->steps[i] = from->steps[which[i]];
    made = made && gather_keys(trace);
    if (!made)
        trace_free(trace);
    return made;
}

void trace_free(struct trace *trace) {
    if (trace->steps)
        process_unmap(trace->steps, steps_bytes(trace));
    if (trace->room)
        process_unmap(trace->room, trace->room_bytes);
    *trace = (struct trace){0};
}
