/* settings.c - see settings.h. */
#define _DEFAULT_SOURCE 1
#include "settings.h"

#include "../cell/keyfile.h"
#include "core.h"
#include "need.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
    const char *name, *option, *fallback;
} known[SET_COUNT] = {
    [SET_VARIANTS] = {"VARIANTS", "variants", NULL},
    [SET_OPS] = {"OPS", "ops", "put,get"},
    [SET_PATTERNS] = {"PATTERNS", "patterns", "sequential,shuffled,random"},
    [SET_SCALES] = {"SCALES", "scales", "1000,10000,100000"},
    [SET_HASH] = {"HASH", "hash", "xxh3"},
    [SET_KEY] = {"KEY", "key", "u64"},
    [SET_ALLOC] = {"ALLOC", "alloc", SYSTEM_ALLOCATOR},
    [SET_REPS] = {"REPS", "reps", "12"},
    [SET_SAMPLES] = {"SAMPLES", "samples", "5"},
    [SET_SEED] = {"SEED", "seed", "1"},
    [SET_PARAMETERS] = {"PARAMETERS", "parameters", NULL},
    [SET_PIN] = {"PIN", "pin", "none"},
    [SET_KEYS] = {"KEYS", "keys", NULL},
    [SET_CELL] = {"CELL", "cell", "map"},
    [SET_COPIES] = {"COPIES", "copies", "1"},
    [SET_PRECISION] = {"PRECISION", "precision", NULL},
    [SET_DECIDE] = {"DECIDE", "decide", NULL},
    [SET_TURNS] = {"TURNS", "turns", "none"},
    [SET_SAME] = {"SAME", "same", "refused"},
};

static const char *const turns_names[TURNS_COUNT] = {
    [TURNS_NONE] = "none", [TURNS_WARM] = "warm", [TURNS_COLD] = "cold"};

static const char file_pattern[] = "file";

/* Numbers up to here survive JSON, SQLite and every language that may read the store. */
static const uint64_t seed_max = (uint64_t)1 << 53;

const char *setting_name(enum setting setting) {
    return known[setting].name;
}

const char *setting_option(enum setting setting) {
    return known[setting].option;
}

enum setting setting_find(const char *name) {
    for (enum setting s = 0; s < SET_COUNT; s++)
        if (strcmp(known[s].name, name) == 0)
            return s;
    return SET_COUNT;
}

bool number_read(const char *text, uint64_t low, uint64_t high, uint64_t *number) {
    if (strspn(text, "0123456789.eE+kKmM") != strlen(text) || *text == '\0' || *text == '+')
        return false;
    char *end;
    errno = 0;
    unsigned long long whole = strtoull(text, &end, 10);
    if (*end == '\0') { /* exact, where a double rounds */
        *number = whole;
        return errno == 0 && whole >= low && whole <= high;
    }
    double value = strtod(text, &end);
    if (strcmp(end, "K") == 0 || strcmp(end, "k") == 0)
        value *= 1e3;
    else if (strcmp(end, "M") == 0 || strcmp(end, "m") == 0)
        value *= 1e6;
    else if (*end || end == text)
        return false;
    /* From 2^53 on a double may be another number than the text. */
    if (value < (double)low || value > (double)high || value >= (double)seed_max ||
        value != (double)(uint64_t)value)
        return false;
    *number = (uint64_t)value;
    return true;
}

/* ---- Lists of names ---- */

static bool read_list(struct words *list, enum setting setting, const char *text,
                      struct fault *fault) {
    struct words all = {0};
    words_split(&all, text, ',');
    bool good = true;
    for (size_t i = 0; good && i < all.count; i++) {
        if (all.word[i][0] == '\0')
            good = fault_set(fault, "%s=%s: %s", known[setting].name, text,
                             all.count > 1 ? "a name between the commas is missing" : "is empty");
        else if (words_have(list, all.word[i]))
            good = fault_set(fault, "%s=%s: %s is named twice", known[setting].name, text,
                             all.word[i]);
        else
            words_add(list, all.word[i]);
    }
    words_free(&all);
    return good;
}

static bool read_choice(struct words *list, enum setting setting, const char *text,
                        const struct words *choices, const char *what, struct fault *fault) {
    if (!read_list(list, setting, text, fault))
        return false;
    for (size_t i = 0; i < list->count; i++)
        if (!words_have(choices, list->word[i])) {
            char *valid = words_join(choices, ", ");
            fault_set(fault, "%s=%s: not %s; one of: %s", known[setting].name, list->word[i], what,
                      valid);
            free(valid);
            return false;
        }
    return true;
}

/* Names of which the cell will say whether it knows them. */
static bool read_names(struct words *list, enum setting setting, const char *text, const char *what,
                       struct fault *fault) {
    if (!read_list(list, setting, text, fault))
        return false;
    for (size_t i = 0; i < list->count; i++)
        if (!word_is_name(list->word[i]))
            return fault_set(fault, "%s=%s: not %s", known[setting].name, list->word[i], what);
    return true;
}

static bool read_choice_in(struct words *list, enum setting setting, const char *text,
                           const char *directory, const char *what, struct fault *fault) {
    struct words valid = {0};
    bool good = words_add_directories(&valid, directory);
    if (!good)
        fault_set(fault, "%s=%s: %s cannot be read; run from the root of the repository",
                  known[setting].name, text, directory);
    else
        good = read_choice(list, setting, text, &valid, what, fault);
    words_free(&valid);
    return good;
}

/* ---- Names that may be paths ---- */

/* Every part of "a+/dir/b" reduced to its last component: "a+b". */
static char *label_of(const char *name) {
    struct words parts = {0}, labels = {0};
    words_split(&parts, name, '+');
    for (size_t i = 0; i < parts.count; i++) {
        char *base = base_name(parts.word[i]);
        words_add(&labels, base);
        free(base);
    }
    char *label = words_join(&labels, "+");
    words_free(&parts);
    words_free(&labels);
    return label;
}

static bool add_labels(struct words *labels, enum setting setting, const struct words *names,
                       struct fault *fault) {
    for (size_t i = 0; i < names->count; i++) {
        char *label = label_of(names->word[i]);
        bool new = !words_have(labels, label);
        if (new)
            words_add(labels, label);
        else
            fault_set(fault, "%s=%s: another one is called %s as well", known[setting].name,
                      names->word[i], label);
        free(label);
        if (!new)
            return false;
    }
    return true;
}

/* Variants are passed to make, so nothing that means something to make may be in them. */
static bool read_variants(struct grid *grid, const char *text, struct fault *fault) {
    const char *usable = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+-/,";
    if (!text && strcmp(grid->cell, known[SET_CELL].fallback) != 0)
        text = grid->cell; /* a program that has no variants */
    if (!text)
        return fault_set(fault, "VARIANTS: not set; which variants are to be measured?");
    if (strspn(text, usable) != strlen(text))
        return fault_set(fault,
                         "VARIANTS=%s: names of variants, with commas between; only "
                         "letters, digits and . _ - + / can be in a name",
                         text);
    return read_list(&grid->variants, SET_VARIANTS, text, fault) &&
           add_labels(&grid->variant_labels, SET_VARIANTS, &grid->variants, fault);
}

/* Names are passed to make, which knows those there are; paths to the loader, for which a blank and
 * a colon separate libraries. */
static bool read_allocators(struct grid *grid, const char *text, struct fault *fault) {
    const char *usable = "abcdefghijklmnopqrstuvwxyz0123456789_-+";
    if (!read_list(&grid->allocators, SET_ALLOC, text, fault))
        return false;
    for (size_t i = 0; i < grid->allocators.count; i++) {
        const char *name = grid->allocators.word[i];
        bool path = name[0] == '/';
        if (!path && strspn(name, usable) != strlen(name))
            return fault_set(fault,
                             "ALLOC=%s: not an allocator; %s, a name in "
                             "experiments/allocators.conf, or the full path of a shared library",
                             name, SYSTEM_ALLOCATOR);
        if (path && access(name, R_OK) != 0)
            return fault_set(fault, "ALLOC=%s: there is no such library that can be read", name);
        if (path && strpbrk(name, " :"))
            return fault_set(
                fault, "ALLOC=%s: a library to preload has no blank or colon in its path", name);
    }
    return add_labels(&grid->allocator_labels, SET_ALLOC, &grid->allocators, fault);
}

/* ---- Numbers ---- */

static bool read_number(uint64_t *number, enum setting setting, const char *text, uint64_t low,
                        uint64_t high, struct fault *fault) {
    return number_read(text, low, high, number) ||
           fault_set(fault, "%s=%s: must be a whole number from %llu to %llu", known[setting].name,
                     text, (unsigned long long)low, (unsigned long long)high);
}

/* Adds the seeds of "7", "1..50" or "1..49..4"; whole: the list that it is in, for faults. */
static bool add_seeds(struct words *seeds, const char *range, const char *whole,
                      struct fault *fault) {
    uint64_t bounds[3] = {0, 0, 1}; /* the first, the last, from one to the next */
    const char *at = range;
    size_t count = 0;
    for (bool more = true; more; count++) {
        const char *dots = strstr(at, "..");
        char *text = dots ? need_format("%.*s", (int)(dots - at), at) : need_copy(at);
        bool good = count < 3 && number_read(text, count == 2, seed_max, &bounds[count]);
        free(text);
        if (!good)
            return fault_set(fault,
                             "SEED=%s: wanted whole numbers from 0 to %llu, with commas between; "
                             "1..50 are 50, 1..49..4 every fourth of them",
                             whole, (unsigned long long)seed_max);
        more = dots != NULL;
        at = more ? dots + 2 : at;
    }
    if (count == 1)
        bounds[1] = bounds[0];
    if (bounds[1] < bounds[0] || (bounds[1] - bounds[0]) / bounds[2] >= SEEDS_MAX - seeds->count)
        return fault_set(fault, "SEED=%s: %s", whole,
                         bounds[1] < bounds[0]
                             ? "a range goes from the lesser number to the greater"
                             : "these are too many seeds");
    for (uint64_t seed = bounds[0]; seed <= bounds[1]; seed += bounds[2]) {
        char *plain = need_format("%llu", (unsigned long long)seed);
        bool twice = words_have(seeds, plain);
        words_add(seeds, plain);
        free(plain);
        if (twice)
            return fault_set(fault, "SEED=%s: %llu is named twice", whole,
                             (unsigned long long)seed);
    }
    return true;
}

bool seeds_read(struct words *seeds, const char *text, struct fault *fault) {
    struct words ranges = {0};
    const char *whole = text ? text : known[SET_SEED].fallback;
    words_split(&ranges, whole, ',');
    bool good = true;
    for (size_t i = 0; good && i < ranges.count; i++)
        good = add_seeds(seeds, ranges.word[i], whole, fault);
    words_free(&ranges);
    return good;
}

/* "12", or "12+6" where 6 were added to 12; "12+0+6" where others got some before. */
static bool read_rounds(struct grid *grid, const char *text, struct fault *fault) {
    words_split(&grid->rounds, text, '+');
    for (size_t i = 0; i < grid->rounds.count; i++) {
        uint64_t round;
        if (!number_read(grid->rounds.word[i], i == 0, REPS_MAX, &round))
            return fault_set(fault, "%s=%s: must be a whole number from 1 to %d",
                             known[SET_REPS].name, text, REPS_MAX);
        grid->reps += round;
        char *plain = need_format("%llu", (unsigned long long)round);
        free(grid->rounds.word[i]);
        grid->rounds.word[i] = plain;
    }
    return true;
}

/* What is to be decided: no more than one of the two, a share in percent.  The runner stores it;
 * how many blocks it takes is for the lab to say (notebooks/lab/campaign.py). */
static bool read_goal(struct grid *grid, const char *const text[SET_COUNT], struct fault *fault) {
    if (text[SET_PRECISION] && text[SET_DECIDE])
        return fault_set(fault, "DECIDE=%s: PRECISION=%s is asked for, too; one of them",
                         text[SET_DECIDE], text[SET_PRECISION]);
    enum setting setting = text[SET_PRECISION] ? SET_PRECISION : SET_DECIDE;
    const char *share = text[setting];
    if (!share)
        return true;
    char *end;
    double percent = strtod(share, &end);
    if (strspn(share, "0123456789.") + 1 != strlen(share) || strcmp(end, "%") != 0 ||
        percent < 0.1 || percent > 50)
        return fault_set(fault, "%s=%s: must be a share from 0.1%% to 50%%", known[setting].name,
                         share);
    grid->goal = need_format("%s=%g%%", known[setting].name, percent);
    return true;
}

/* ---- The cell and its parameters ---- */

static bool read_cell(struct grid *grid, const char *text, struct fault *fault) {
    grid->cell = need_copy(text);
    return word_is_name(text) ||
           fault_set(fault, "CELL=%s: not a program that measures; letters, digits, . _ and -",
                     text);
}

bool parameter_is_name(const char *name) {
    return *name >= 'a' && *name <= 'z' &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(name);
}

bool parameter_is_ours(const char *parameter) {
    size_t length = strcspn(parameter, "=");
    return (length == strlen(COPY_PARAMETER) && strncmp(parameter, COPY_PARAMETER, length) == 0) ||
           (length == strlen(TURNS_PARAMETER) && strncmp(parameter, TURNS_PARAMETER, length) == 0);
}

/* Adds each value of a parameter, "name=1,2", to each choice there is. */
static bool add_choices(struct grid *grid, const char *parameter, struct fault *fault) {
    const char *equals = strchr(parameter, '=');
    struct words values = {0}, longer = {0};
    words_split(&values, equals + 1, ',');
    bool good = true;
    for (size_t c = 0; c < grid->choices.count; c++)
        for (size_t v = 0; good && v < values.count; v++) {
            const char *before = grid->choices.word[c];
            char *choice = need_format("%s%s%.*s=%s", before, *before ? " " : "",
                                       (int)(equals - parameter), parameter, values.word[v]);
            good = word_is_name(values.word[v]) && !words_have(&longer, choice);
            words_add(&longer, choice);
            free(choice);
        }
    words_free(&values);
    words_free(&grid->choices);
    grid->choices = longer;
    return good ||
           fault_set(fault, "%s: its values are different words with commas between", parameter);
}

/* "a=1,2 b=3", with a blank between parameters, the copies of each competitor, and its turns. */
static bool read_parameters(struct grid *grid, const char *text, struct fault *fault) {
    struct words all = {0}, names = {0};
    words_split(&all, text ? text : "", ' ');
    bool good = true;
    for (size_t i = 0; good && i < all.count; i++) {
        const char *equals = strchr(all.word[i], '=');
        if (all.word[i][0] == '\0')
            continue;
        char *name = need_format("%.*s", (int)strcspn(all.word[i], "="), all.word[i]);
        if (!equals || !parameter_is_name(name) || parameter_is_ours(name))
            good = fault_set(fault, "%s: not a parameter of a cell; write name=value", all.word[i]);
        else if (words_have(&names, name))
            good = fault_set(fault, "%s: %s is set twice", text, name);
        words_add(&names, name);
        words_add(&grid->parameters, all.word[i]);
        free(name);
    }
    words_free(&all);
    words_free(&names);
    struct words sorted = {0};
    for (size_t i = 0; i < grid->parameters.count; i++)
        words_add(&sorted, grid->parameters.word[i]);
    if (grid->copies > 1) {
        char *copies = need_copy(COPY_PARAMETER "=0");
        for (uint64_t i = 1; i < grid->copies; i++) {
            char *longer = need_format("%s,%llu", copies, (unsigned long long)i);
            free(copies);
            copies = longer;
        }
        words_add(&sorted, copies);
        free(copies);
    }
    if (grid->turns != TURNS_NONE) {
        char *turns = need_format(TURNS_PARAMETER "=%s", turns_names[grid->turns]);
        words_add(&sorted, turns);
        free(turns);
    }
    words_sort(&grid->parameters);
    words_sort(&sorted);
    words_add(&grid->choices, "");
    for (size_t i = 0; good && i < sorted.count; i++)
        good = add_choices(grid, sorted.word[i], fault);
    words_free(&sorted);
    return good;
}

static bool read_turns(enum turns *turns, const char *text, struct fault *fault) {
    for (*turns = 0; *turns < TURNS_COUNT; ++*turns)
        if (strcmp(text, turns_names[*turns]) == 0)
            return true;
    return fault_set(fault,
                     "TURNS=%s: not a way to take turns; none, warm (an untimed pass before each "
                     "sample) or cold (without)",
                     text);
}

static bool read_same(bool *allowed, const char *text, struct fault *fault) {
    *allowed = strcmp(text, "allowed") == 0;
    return *allowed || strcmp(text, known[SET_SAME].fallback) == 0 ||
           fault_set(fault,
                     "SAME=%s: refused or allowed, where two competitors are the same program",
                     text);
}

/* Where competitors take turns, they are to share a core and its caches. */
static const char *usual_core(enum turns turns) {
    struct words there = {0};
    core_list(&there);
    bool last = turns != TURNS_NONE && there.count > 0;
    words_free(&there);
    return last ? "last" : known[SET_PIN].fallback;
}

/* A core to stay on: its number, the last of those there are, or none. */
static bool read_core(int *core, const char *text, struct fault *fault) {
    struct words there = {0};
    core_list(&there);
    const char *number = text;
    if (strcmp(text, "last") == 0 && there.count > 0)
        number = there.word[there.count - 1];
    bool good = true;
    if (strcmp(text, "none") == 0) {
        *core = CORE_ANY;
    } else if (words_have(&there, number)) {
        *core = atoi(number);
    } else {
        char *all = words_join(&there, ", ");
        good =
            fault_set(fault, "PIN=%s: not a core to stay on; none%s%s", text,
                      there.count ? ", last, or one of: " : " is all that this system can do", all);
        free(all);
    }
    words_free(&there);
    return good;
}

static bool read_scales(struct grid *grid, const char *text, struct fault *fault) {
    struct words all = {0};
    if (!read_list(&all, SET_SCALES, text, fault)) {
        words_free(&all);
        return false;
    }
    grid->scale = need_zeroed(all.count, sizeof *grid->scale);
    bool good = true;
    for (size_t i = 0; good && i < all.count; i++) {
        good = number_read(all.word[i], 1, 1000000000, &grid->scale[i]);
        if (!good) {
            fault_set(fault,
                      "SCALES=%s: a scale is a number of entries from 1 to 1000000000, "
                      "such as 1000, 1e6, 10K or 1M",
                      all.word[i]);
            break;
        }
        char *plain = need_format("%llu", (unsigned long long)grid->scale[i]);
        good = !words_have(&grid->scales, plain) ||
               fault_set(fault, "SCALES=%s: %s is named twice", text, plain);
        words_add(&grid->scales, plain);
        free(plain);
    }
    words_free(&all);
    return good;
}

/* ---- Keys of one's own ---- */

/* The largest scale for which `count` keys are enough, whatever the operation. */
static uint64_t largest_scale(const struct words *ops, uint64_t count) {
    uint64_t scale = count;
    for (size_t i = 0; i < ops->count; i++)
        while (scale > 0 && keyfile_needed(ops->word[i], scale) > count)
            scale = scale * count / keyfile_needed(ops->word[i], scale);
    return scale;
}

/* Checks that the keys are enough for every operation at every scale; without a scale takes the
 * largest for which they are. */
static bool fit_scales(struct grid *grid, const char *file, uint64_t count, struct fault *fault) {
    if (grid->scales.count == 0) {
        uint64_t scale = largest_scale(&grid->ops, count);
        char *text = need_format("%llu", (unsigned long long)scale);
        bool good = scale > 0 ? read_scales(grid, text, fault)
                              : fault_set(fault, "KEYS=%s: one key is not enough for OPS", file);
        free(text);
        return good;
    }
    for (size_t o = 0; o < grid->ops.count; o++)
        for (size_t s = 0; s < grid->scales.count; s++) {
            uint64_t needed = keyfile_needed(grid->ops.word[o], grid->scale[s]);
            if (needed > count)
                return fault_set(fault, "SCALES=%s: %s needs %llu keys, and KEYS=%s has %llu",
                                 grid->scales.word[s], grid->ops.word[o],
                                 (unsigned long long)needed, file, (unsigned long long)count);
        }
    return true;
}

/* Puts the name under which the file's keys are stored in the place of the pattern "file". */
static void name_pattern(struct grid *grid) {
    for (size_t i = 0; i < grid->patterns.count; i++)
        if (strcmp(grid->patterns.word[i], file_pattern) == 0) {
            free(grid->patterns.word[i]);
            grid->patterns.word[i] = need_copy(grid->keys_label);
        }
}

static bool read_keys(struct grid *grid, const char *path, struct fault *fault) {
    bool asked = words_have(&grid->patterns, file_pattern);
    if (!path)
        return !asked || fault_set(fault, "PATTERNS=file: KEYS=FILE says which");
    if (!asked)
        return fault_set(fault, "KEYS=%s: PATTERNS has no file, so it would not be used", path);
    struct keyfile file;
    if (!keyfile_read(&file, path, words_have(&grid->keys, "u64")))
        return fault_set(fault, "KEYS=%s%s", path, file.complaint);
    grid->keys_file = need_copy(path);
    grid->keys_label = need_copy(file.label);
    bool good = fit_scales(grid, path, file.count, fault);
    keyfile_free(&file);
    name_pattern(grid);
    return good;
}

/* ---- The whole ---- */

bool grid_read(struct grid *grid, const char *const given[SET_COUNT], struct fault *fault) {
    *grid = (struct grid){0};
    const char *text[SET_COUNT];
    for (enum setting s = 0; s < SET_COUNT; s++)
        text[s] = given[s] ? given[s] : known[s].fallback;
    /* A file has an order and a size of its own. */
    if (text[SET_KEYS] && !given[SET_PATTERNS])
        text[SET_PATTERNS] = file_pattern;
    bool own_scale = text[SET_KEYS] && !given[SET_SCALES];
    return read_cell(grid, text[SET_CELL], fault) &&
           read_variants(grid, text[SET_VARIANTS], fault) &&
           read_names(&grid->ops, SET_OPS, text[SET_OPS], "an operation", fault) &&
           read_names(&grid->patterns, SET_PATTERNS, text[SET_PATTERNS], "a pattern", fault) &&
           (own_scale || read_scales(grid, text[SET_SCALES], fault)) &&
           read_choice_in(&grid->hashes, SET_HASH, text[SET_HASH], "common/hash", "a hash",
                          fault) &&
           read_choice_in(&grid->keys, SET_KEY, text[SET_KEY], "common/key", "a kind of key",
                          fault) &&
           read_keys(grid, text[SET_KEYS], fault) &&
           read_allocators(grid, text[SET_ALLOC], fault) &&
           read_rounds(grid, text[SET_REPS], fault) &&
           read_number(&grid->samples, SET_SAMPLES, text[SET_SAMPLES], 1, 10000, fault) &&
           read_number(&grid->seed, SET_SEED, text[SET_SEED], 0, seed_max, fault) &&
           read_number(&grid->copies, SET_COPIES, text[SET_COPIES], 1, 100, fault) &&
           read_same(&grid->same_allowed, text[SET_SAME], fault) &&
           read_turns(&grid->turns, text[SET_TURNS], fault) &&
           read_parameters(grid, text[SET_PARAMETERS], fault) &&
           read_core(&grid->core, given[SET_PIN] ? given[SET_PIN] : usual_core(grid->turns),
                     fault) &&
           read_goal(grid, text, fault);
}

static char *number_text(uint64_t number) {
    return need_format("%llu", (unsigned long long)number);
}

/* Adds NAME=value, and takes the value over. */
static void add_setting(struct words *settings, enum setting setting, char *value) {
    char *text = need_format("%s=%s", known[setting].name, value);
    words_add(settings, text);
    free(value);
    free(text);
}

char *grid_text(const struct grid *grid) {
    const struct words *lists[] = {&grid->variant_labels,  &grid->ops,    &grid->patterns,
                                   &grid->scales,          &grid->hashes, &grid->keys,
                                   &grid->allocator_labels};
    const uint64_t numbers[] = {grid->samples, grid->seed};
    struct words settings = {0};
    if (strcmp(grid->cell, known[SET_CELL].fallback) != 0)
        add_setting(&settings, SET_CELL, need_copy(grid->cell));
    for (enum setting s = 0; s < SET_PARAMETERS; s++)
        add_setting(&settings, s,
                    s < SET_REPS    ? words_join(lists[s], ",")
                    : s == SET_REPS ? words_join(&grid->rounds, "+")
                                    : number_text(numbers[s - SET_SAMPLES]));
    for (size_t i = 0; i < grid->parameters.count; i++)
        words_add(&settings, grid->parameters.word[i]);
    if (grid->copies > 1)
        add_setting(&settings, SET_COPIES, number_text(grid->copies));
    if (grid->turns != TURNS_NONE)
        add_setting(&settings, SET_TURNS, need_copy(turns_names[grid->turns]));
    if (grid->same_allowed)
        add_setting(&settings, SET_SAME, need_copy("allowed"));
    add_setting(&settings, SET_PIN,
                grid->core == CORE_ANY ? need_copy("none") : need_format("%d", grid->core));
    if (grid->goal)
        words_add(&settings, grid->goal);
    char *text = words_join(&settings, " ");
    words_free(&settings);
    return text;
}

void grid_free(struct grid *grid) {
    struct words *lists[] = {
        &grid->variants,         &grid->ops,    &grid->patterns,   &grid->scales,
        &grid->hashes,           &grid->keys,   &grid->allocators, &grid->variant_labels,
        &grid->allocator_labels, &grid->rounds, &grid->parameters, &grid->choices};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        words_free(lists[i]);
    free(grid->scale);
    free(grid->keys_file);
    free(grid->keys_label);
    free(grid->cell);
    free(grid->goal);
    *grid = (struct grid){0};
}
