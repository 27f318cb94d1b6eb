/* settings.h - the settings of an experiment, under the names that `make experiment` gives them.
 *
 * A setting is text (OPS=put,get) until a whole set of them is read into a `struct grid`: every
 * combination of its lists is to be measured.  Every check of a value is in grid_read, so a bad
 * value is told in the same words wherever it came from: the command line, a plan file, make. */
#ifndef SETTINGS_H
#define SETTINGS_H

#include "fault.h"
#include "words.h"

#include <stdint.h>

enum setting {
    SET_VARIANTS,
    SET_OPS,
    SET_PATTERNS,
    SET_SCALES,
    SET_HASH,
    SET_KEY,
    SET_ALLOC,
    SET_REPS,
    SET_SAMPLES,
    SET_SEED,
    SET_PARAMETERS,
    SET_PIN,
    SET_KEYS,
    SET_CELL,
    SET_COPIES,
    SET_PRECISION,
    SET_DECIDE,
    SET_TURNS,
    SET_SAME,
    SET_COUNT
};

/* In which order the competitors of a block take their samples. */
enum turns {
    TURNS_NONE, /* each process takes all of its samples before the next one is started */
    TURNS_WARM, /* all are alive, and one sample of each is a turn; before each sample, a pass of
                   the same operation that is not timed: what a program sees that is busy with its
                   map */
    TURNS_COLD, /* the same without that pass: what a program sees that did other things meanwhile
                 */
    TURNS_COUNT
};

/* The allocator that needs no preloading: the C library's own. */
#ifdef __APPLE__
#define SYSTEM_ALLOCATOR "system"
#else
#define SYSTEM_ALLOCATOR "glibc"
#endif

/* "SCALES": as written in a plan file and for make. */
const char *setting_name(enum setting setting);

/* "scales": as written on the command line, after "--". */
const char *setting_option(enum setting setting);

/* The setting of that name, SET_COUNT if there is none. */
enum setting setting_find(const char *name);

/* The values of all settings, read and checked.  Owns its lists. */
struct grid {
    struct words variants, ops, patterns, scales, hashes, keys, allocators;
    struct words variant_labels;   /* variants and allocators as they are stored: a path */
    struct words allocator_labels; /* is reduced to its last part, so no path is stored */
    char *keys_file;               /* whose lines are the keys of the pattern file, or NULL */
    char *keys_label;              /* that pattern, as it is stored: the file's name and digest */
    uint64_t *scale;               /* entries; as many as there are words in scales */
    struct words rounds;           /* REPS: processes for each cell, and those added later */
    uint64_t reps;                 /* their sum */
    uint64_t samples;              /* measurements in each process */
    uint64_t seed;                 /* of traces and order */
    size_t turn;                   /* from 0: which of the seeds of its line in the plan that is */
    struct words parameters;       /* of the cell: name=value,value, by name */
    struct words choices;          /* each combination of their values: "a=1 b=2", or "" */
    char *cell;                    /* the program that measures: map, or another */
    uint64_t copies;               /* of each competitor in a block */
    bool same_allowed;             /* two competitors may be one program (treatment.h) */
    enum turns turns;
    char *goal; /* "PRECISION=5%", up to which blocks are added, or NULL */
    int core;   /* on which all processes stay, or CORE_ANY */
};

/* Adds the seeds of SEED: numbers, ranges and ranges with a step, "7,1..50,100..200..4", with
 * commas between; NULL gives the default. */
bool seeds_read(struct words *seeds, const char *text, struct fault *fault);

/* More seeds than this are taken for a mistake. */
enum { SEEDS_MAX = 10000 };

/* Reads and checks all settings, of SEED one; a NULL text takes the default.  The hashes and keys
 * there are, are the directories in common/hash and common/key, seen from the working directory.
 * Which operations, patterns and parameters there are, the cell knows (builds.h). */
bool grid_read(struct grid *grid, const char *const text[SET_COUNT], struct fault *fault);

/* The grid as one line of a plan file, every setting in it; the caller frees it. */
char *grid_text(const struct grid *grid);

void grid_free(struct grid *grid);

/* More than this many processes for one cell at once are taken for a mistake. */
enum { REPS_MAX = 100000 };

/* Parameters that no cell sees: one tells copies of a competitor apart, the other is there where
 * competitors take turns, and says how. */
#define COPY_PARAMETER  "copy"
#define TURNS_PARAMETER "turns"

/* Is it one of these, "name" or "name=value"? */
bool parameter_is_ours(const char *parameter);

/* True for what a parameter of a cell can be called: lower case, where settings have upper. */
bool parameter_is_name(const char *name);

/* Reads a number such as 1000, 1e6, 10K, 2M.  False unless it is a whole number from low to high.
 */
bool number_read(const char *text, uint64_t low, uint64_t high, uint64_t *number);

#endif
