/* arguments.h - a cell's command line: what every cell is told, and what is its own.
 *
 * Every cell is told --op, --pattern, --scale and --seed, and with --steps that it is asked for its
 * samples; a parameter pool_slots is the option --pool-slots.  With --describe it says what it is
 * and can do, with --identity what it is alone (line.h).
 *
 * What makes no sense is told on stderr, in one line that begins with the program's name, and ends
 * the process with 2.  Takes nothing from malloc, which may be what is measured. */
#ifndef ARGUMENTS_H
#define ARGUMENTS_H

#include "exits.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What every cell is told. */
struct asked {
    int operation, pattern; /* numbers of their names */
    bool steps;
    uint64_t scale, seed;
};

/* An option of the cell's own, which has a value. */
struct argument {
    const char *name; /* with _ where the option has - */
    enum argument_kind {
        ARGUMENT_PARAMETER, /* a number that the runner may choose; without it, `otherwise` */
        ARGUMENT_OPEN,      /* likewise, but what it is without is the cell's secret */
        ARGUMENT_NUMBER,    /* a number that only who starts the cell by hand chooses */
        ARGUMENT_TEXT,
    } kind;
    size_t place;       /* in the cell's own struct: of a uint64_t, or a text's const char * */
    uint64_t low, high; /* of a number */
    uint64_t otherwise; /* of a parameter */
};

struct arguments {
    const char *program, *usage; /* the usage ends with a newline */
    const char *const *operations, *const *patterns;
    int operation_count, pattern_count;
    uint64_t scale_least, scale_most; /* the least is not 0 */
    const struct argument *own;
    int own_count;
    /* What is described in other words than it is read: */
    const char *kind;                     /* what the program is called; NULL: as it calls itself */
    bool warm;                            /* it knows the line "warm" (steps.h) */
    bool (*has_operation)(int operation); /* NULL: it has them all */
};

/* Reads a command line.  own: the cell's struct, in which what is not given stays as it is, but for
 * parameters. */
void arguments_read(const struct arguments *known, int argc, char **argv, struct asked *asked,
                    void *own);

/* Parameter number i, from 0, of those that have a value: given, or the usual one.  False where
 * there are no more. */
bool arguments_chosen(int i, const char **name, uint64_t *value);

/* Ends the process: "program: --option text: wanted".  refuse_number is for what a number has wrong
 * beside its range. */
_Noreturn void arguments_refuse(const struct arguments *known, const char *option, const char *text,
                                const char *wanted);
_Noreturn void arguments_refuse_number(const struct arguments *known, const char *option,
                                       uint64_t number, const char *wanted);

#endif
