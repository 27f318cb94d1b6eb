/* request.h - what a cell that fills a map with keys of a pattern is asked to measure, and how it
 * describes itself: its operations, and numbers that have names.
 *
 * experiments/cell.c tells of the protocol, arguments.h of the command line.  identity.h, which the
 * build writes, says which map it is. */
#ifndef REQUEST_H
#define REQUEST_H

#include "arguments.h"
#include "trace.h"

#include <jansson.h>

enum { PARAMETERS_MOST = 8 };

struct parameter {
    const char *name;
    uint64_t low, high, usual;
};

struct program {
    const char *name;
    const char *usage; /* whole lines */
    const char *const *operations;
    int operation_count;
    const struct parameter *parameters; /* at most PARAMETERS_MOST */
    int parameter_count;
};

struct request {
    const struct program *program;
    int operation;
    struct keys keys;
    uint64_t seed;
    bool steps;
    uint64_t parameter[PARAMETERS_MOST]; /* in the program's order */
};

/* Reads the arguments; prints the description and ends the program if it is asked for. */
struct request request_read(const struct program *program, int argc, char **argv);

/* How the map is to be made: as the lineup says (CELL_POOL_SLOTS), or as usual.  Its hash has the
 * seed of the keys. */
struct hamt_config request_config(const struct request *request);

/* Ends the program with status 2: a number, of --option, that has something wrong beside its range.
 */
_Noreturn void request_refuse(const struct request *request, const char *option, uint64_t number,
                              const char *wanted);

/* Ends the program: why, on stderr. */
_Noreturn void request_fail(const struct request *request, int status, const char *reason);

/* `ns` is the time of `repeats` times `operations`. */
struct sample {
    uint64_t ns, operations, repeats;
};

/* Prints a sample's line.  checksum: of the answers.  values, an object of numbers, is taken over.
 */
void request_print(const struct request *request, const struct sample *sample, uint64_t number,
                   uint64_t checksum, json_t *values);

#endif
