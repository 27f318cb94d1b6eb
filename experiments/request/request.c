/* request.c - see request.h. */
#include "request.h"
#include "compiler.h"
#include "identity.h"
#include "process.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A pattern that needs no file. */
enum { NAMED_PATTERNS = PATTERN_FILE };

/* What every cell is told; no parameters. */
static const struct parameter scale = {"scale", 1, 1000000000, 0};
static const struct parameter seed = {"seed", 0, INT64_MAX, 0};

void request_refuse(const struct program *program) {
    fputs(program->usage, stderr);
    exit(EXIT_USAGE);
}

void request_fail(const struct request *request, int status, const char *reason) {
    fprintf(stderr, "%s: %s %s at %zu: %s\n", request->program->name, CELL_VARIANT,
            request->program->operations[request->operation], request->keys.scale, reason);
    exit(status);
}

static int name_of(const struct program *program, const char *text, const char *const *names,
                   int count) {
    for (int i = 0; i < count; i++)
        if (strcmp(text, names[i]) == 0)
            return i;
    request_refuse(program);
}

static uint64_t number_of(const struct program *program, const char *text,
                          const struct parameter *parameter) {
    char *end;
    uint64_t number = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || number < parameter->low || number > parameter->high)
        request_refuse(program);
    return number;
}

static void print_line(json_t *object) {
    json_dumpf(object, stdout, JSON_COMPACT | JSON_REAL_PRECISION(17));
    putchar('\n');
    fflush(stdout);
    json_decref(object);
}

static json_t *names_json(const char *const *names, int count) {
    json_t *array = json_array();
    for (int i = 0; i < count; i++)
        json_array_append_new(array, json_string(names[i]));
    return array;
}

static json_t *description(const struct program *program) {
    json_t *ranges = json_object();
    for (int i = 0; i < program->parameter_count; i++) {
        const struct parameter *parameter = &program->parameters[i];
        json_object_set_new(ranges, parameter->name,
                            json_pack("{s:I, s:I, s:I}", "low", (json_int_t)parameter->low, "high",
                                      (json_int_t)parameter->high, "default",
                                      (json_int_t)parameter->usual));
    }
    return json_pack("{s:s, s:{s:s, s:s, s:s, s:s, s:s, s:s}, s:o, s:o, s:b, s:o}", "program",
                     program->name, "identity", "variant", CELL_VARIANT, "composition",
                     CELL_COMPOSITION, "hash", CELL_HASH, "key", CELL_KEY, "compiler",
                     CELL_COMPILER, "cflags", CELL_FLAGS, "operations",
                     names_json(program->operations, program->operation_count), "patterns",
                     names_json(pattern_names, NAMED_PATTERNS), "steps", 1, "parameters", ranges);
}

struct request request_read(const struct program *program, int argc, char **argv) {
    enum { FIRST_PARAMETER = 256, OF_EVERY_CELL = 6 };
    struct option options[OF_EVERY_CELL + PARAMETERS_MOST + 1] = {
        {"op", required_argument, NULL, 'o'},    {"pattern", required_argument, NULL, 'p'},
        {"scale", required_argument, NULL, 'n'}, {"seed", required_argument, NULL, 'r'},
        {"steps", no_argument, NULL, 's'},       {"describe", no_argument, NULL, 'd'}};
    struct request request = {
        .program = program, .operation = program->operation_count, .keys.pattern = PATTERNS};
    for (int i = 0; i < program->parameter_count; i++) {
        options[OF_EVERY_CELL + i] = (struct option){program->parameters[i].name, required_argument,
                                                     NULL, FIRST_PARAMETER + i};
        request.parameter[i] = program->parameters[i].usual;
    }
    opterr = 0;
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (option) {
        case 'o':
            request.operation =
                name_of(program, optarg, program->operations, program->operation_count);
            break;
        case 'p':
            request.keys.pattern =
                (enum pattern)name_of(program, optarg, pattern_names, NAMED_PATTERNS);
            break;
        case 'n':
            request.keys.scale = number_of(program, optarg, &scale);
            break;
        case 'r':
            request.seed = request.keys.seed = number_of(program, optarg, &seed);
            break;
        case 's':
            request.steps = true;
            break;
        case 'd':
            print_line(description(program));
            exit(0);
        default:
            if (option < FIRST_PARAMETER)
                request_refuse(program);
            request.parameter[option - FIRST_PARAMETER] =
                number_of(program, optarg, &program->parameters[option - FIRST_PARAMETER]);
        }
    }
    if (optind < argc || request.operation == program->operation_count ||
        request.keys.pattern == PATTERNS || request.keys.scale == 0)
        request_refuse(program);
    return request;
}

void request_print(const struct request *request, const struct sample *sample, uint64_t number,
                   uint64_t checksum, json_t *values) {
    char text[24];
    snprintf(text, sizeof text, "0x%016" PRIx64, checksum);
    double each = (double)sample->ns / (double)sample->repeats / (double)sample->operations;
    print_line(json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:s, s:f, s:I, s:I, s:o}", "op",
                         request->program->operations[request->operation], "pattern",
                         pattern_names[request->keys.pattern], "allocator", process_allocator(),
                         "scale", (json_int_t)request->keys.scale, "seed",
                         (json_int_t)request->seed, "sample", (json_int_t)number, "checksum", text,
                         "ns_per_op", each, "ops", (json_int_t)sample->operations, "repeats",
                         (json_int_t)sample->repeats, "values", values));
}
