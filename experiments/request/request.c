/* request.c - see request.h. */
#include "request.h"
#include "identity.h"
#include "line.h"
#include "line_json.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* A pattern that needs no file. */
enum { NAMED_PATTERNS = PATTERN_FILE };

static const uint64_t scale_most = 1000000000;

void request_refuse(const struct request *request, const char *option, uint64_t number,
                    const char *wanted) {
    const struct arguments known = {.program = request->program->name};
    arguments_refuse_number(&known, option, number, wanted);
}

void request_fail(const struct request *request, int status, const char *reason) {
    fprintf(stderr, "%s: %s %s at %zu: %s\n", request->program->name, CELL_VARIANT,
            request->program->operations[request->operation], request->keys.scale, reason);
    exit(status);
}

struct request request_read(const struct program *program, int argc, char **argv) {
    struct argument own[PARAMETERS_MOST];
    for (int i = 0; i < program->parameter_count; i++) {
        const struct parameter *parameter = &program->parameters[i];
        own[i] =
            (struct argument){parameter->name, ARGUMENT_PARAMETER, (size_t)i * sizeof(uint64_t),
                              parameter->low,  parameter->high,    parameter->usual};
    }
    const struct arguments known = {.program = program->name,
                                    .usage = program->usage,
                                    .operations = program->operations,
                                    .operation_count = program->operation_count,
                                    .patterns = pattern_names,
                                    .pattern_count = NAMED_PATTERNS,
                                    .scale_least = 1,
                                    .scale_most = scale_most,
                                    .own = own,
                                    .own_count = program->parameter_count};
    struct request request = {.program = program};
    struct asked asked;
    arguments_read(&known, argc, argv, &asked, request.parameter);
    request.operation = asked.operation;
    request.keys = (struct keys){
        .pattern = (enum pattern)asked.pattern, .scale = asked.scale, .seed = asked.seed};
    request.seed = asked.seed;
    request.steps = asked.steps;
    return request;
}

struct hamt_config request_config(const struct request *request) {
    struct hamt_config config = HAMT_CONFIG_DEFAULT;
    config.hash_seed = request->seed;
#ifdef CELL_POOL_SLOTS
    config.pool_slots = CELL_POOL_SLOTS;
#endif
    return config;
}

void request_print(const struct request *request, const struct sample *sample, uint64_t number,
                   uint64_t checksum, json_t *values) {
    char text[24];
    snprintf(text, sizeof text, "0x%016" PRIx64, checksum);
    double each = (double)sample->ns / (double)sample->repeats / (double)sample->operations;
    line_begin(request->program->operations[request->operation],
               pattern_names[request->keys.pattern], request->keys.scale, request->seed, number);
    line_add(json_pack("{s:s, s:f, s:I, s:I, s:o}", "checksum", text, "ns_per_op", each, "ops",
                       (json_int_t)sample->operations, "repeats", (json_int_t)sample->repeats,
                       "values", values));
    line_end();
}
