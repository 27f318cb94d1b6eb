/* arguments.c - see arguments.h. */
#include "arguments.h"

#include "line.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OWN_MOST = 16, NAME_MOST = 32, WANTED_MOST = 320 };

void arguments_refuse(const struct arguments *known, const char *option, const char *text,
                      const char *wanted) {
    fprintf(stderr, "%s: --%s %s: %s\n", known->program, option, text, wanted);
    exit(EXIT_USAGE);
}

void arguments_refuse_number(const struct arguments *known, const char *option, uint64_t number,
                             const char *wanted) {
    char text[24];
    snprintf(text, sizeof text, "%" PRIu64, number);
    arguments_refuse(known, option, text, wanted);
}

/* The command line as a whole makes no sense. */
_Noreturn static void refuse_line(const struct arguments *known, const char *word,
                                  const char *why) {
    fprintf(stderr, "%s: %s: %s\n%s", known->program, word, why, known->usage);
    exit(EXIT_USAGE);
}

static uint64_t number_of(const struct arguments *known, const char *option, const char *text,
                          uint64_t low, uint64_t high) {
    char *end, wanted[WANTED_MOST];
    errno = 0;
    uint64_t number = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || errno || number < low || number > high) {
        snprintf(wanted, sizeof wanted, "wanted a number from %" PRIu64 " to %" PRIu64, low, high);
        arguments_refuse(known, option, text, wanted);
    }
    return number;
}

static int name_of(const struct arguments *known, const char *option, const char *text,
                   const char *const *names, int count) {
    char wanted[WANTED_MOST] = "wanted one of: ";
    for (int i = 0; i < count; i++) {
        if (strcmp(text, names[i]) == 0)
            return i;
        size_t length = strlen(wanted);
        snprintf(wanted + length, sizeof wanted - length, "%s%s", i ? ", " : "", names[i]);
    }
    arguments_refuse(known, option, text, wanted);
}

/* ---- The parameters that were chosen, for who prints them ---- */

static struct chosen {
    const char *name; /* NULL: it has no value */
    uint64_t value;
} chosen[OWN_MOST];

bool arguments_chosen(int i, const char **name, uint64_t *value) {
    for (const struct chosen *one = chosen; one < chosen + OWN_MOST; one++)
        if (one->name && i-- == 0) {
            *name = one->name;
            *value = one->value;
            return true;
        }
    return false;
}

static void choose(const struct argument *argument, struct chosen *place, uint64_t value) {
    if (argument->kind == ARGUMENT_PARAMETER || argument->kind == ARGUMENT_OPEN)
        *place = (struct chosen){argument->name, value};
}

/* What getopt_long gives for each option; the cell's own come last, by number. */
enum { OF_OP, OF_PATTERN, OF_SCALE, OF_SEED, OF_STEPS, OF_DESCRIBE, OF_IDENTITY, OF_OWN };

static void read_own(const struct arguments *known, const struct argument *argument,
                     const char *option, const char *text, void *own) {
    void *place = (char *)own + argument->place;
    if (argument->kind == ARGUMENT_TEXT) {
        *(const char **)place = text;
        return;
    }
    *(uint64_t *)place = number_of(known, option, text, argument->low, argument->high);
    choose(argument, &chosen[argument - known->own], *(uint64_t *)place);
}

void arguments_read(const struct arguments *known, int argc, char **argv, struct asked *asked,
                    void *own) {
    struct option options[OF_OWN + OWN_MOST + 1] = {
        {"op", required_argument, NULL, OF_OP},
        {"pattern", required_argument, NULL, OF_PATTERN},
        {"scale", required_argument, NULL, OF_SCALE},
        {"seed", required_argument, NULL, OF_SEED},
        {"steps", no_argument, NULL, OF_STEPS},
        {"describe", no_argument, NULL, OF_DESCRIBE},
        {"identity", no_argument, NULL, OF_IDENTITY}};
    char names[OWN_MOST][NAME_MOST];
    struct option *next = options + OF_OWN;
    for (int i = 0; i < known->own_count; i++) {
        const struct argument *argument = &known->own[i];
        snprintf(names[i], NAME_MOST, "%s", argument->name);
        for (char *c = names[i]; *c; c++)
            *c = *c == '_' ? '-' : *c;
        *next++ = (struct option){names[i], required_argument, NULL, OF_OWN + i};
        if (argument->kind == ARGUMENT_PARAMETER) {
            *(uint64_t *)((char *)own + argument->place) = argument->otherwise;
            choose(argument, &chosen[i], argument->otherwise);
        }
    }
    *asked = (struct asked){.operation = -1, .pattern = -1};
    opterr = 0;
    for (int option; (option = getopt_long(argc, argv, ":", options, NULL)) != -1;) {
        switch (option) {
        case OF_OP:
            asked->operation =
                name_of(known, "op", optarg, known->operations, known->operation_count);
            break;
        case OF_PATTERN:
            asked->pattern =
                name_of(known, "pattern", optarg, known->patterns, known->pattern_count);
            break;
        case OF_SCALE:
            asked->scale = number_of(known, "scale", optarg, known->scale_least, known->scale_most);
            break;
        case OF_SEED:
            asked->seed = number_of(known, "seed", optarg, 0, INT64_MAX);
            break;
        case OF_STEPS:
            asked->steps = true;
            break;
        case OF_DESCRIBE:
            line_describe(known);
            exit(0);
        case OF_IDENTITY:
            line_identity();
            putchar('\n');
            exit(0);
        case '?':
            refuse_line(known, argv[optind - 1], "there is no such option");
        case ':':
            refuse_line(known, argv[optind - 1], "a value must follow");
        default:
            read_own(known, &known->own[option - OF_OWN], names[option - OF_OWN], optarg, own);
        }
    }
    if (optind < argc)
        refuse_line(known, argv[optind], "is not an option");
    if (asked->operation < 0 || asked->pattern < 0 || asked->scale == 0)
        refuse_line(known,
                    asked->operation < 0 ? "--op"
                    : asked->pattern < 0 ? "--pattern"
                                         : "--scale",
                    "must be given");
}
