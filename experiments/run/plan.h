/* plan.h - what is to be measured: settings -> grids -> cells in groups.
 *
 * A cell is one point of a grid.  A group holds the cells that are to be compared with each other:
 * they do the same work (operation, pattern, key, scale, seed) and differ in what does it (variant,
 * hash, allocator, parameters).  Cells of different grids that do the same work join the same
 * group.
 *
 * A plan file has one grid on each line, written with the names of settings.h:
 *
 *     # the ladder, and one look at a big map
 *     VARIANTS=list,pool OPS=put,get PATTERNS=shuffled SCALES=1000,10000 REPS=20
 *     VARIANTS=phase3 OPS=get SCALES=1e7 REPS=5 pool_slots=4194304
 *
 * Names in lower case are parameters of the cell; several values, with commas between, are as many
 * competitors.
 *
 * A line that says what is to be decided (PRECISION=5%) gets more blocks until it is, and each of
 * its groups as many as that one needs: it is read as one line for each group.
 *
 * A line with several seeds, SEED=1..50 or 1..49..4 (every fourth) or 3,5,8, stands for a line for
 * each.  Lines take turns: first come the first seeds of all lines, then the second ones. */
#ifndef PLAN_H
#define PLAN_H

#include "settings.h"

/* What make is asked for: one program for each of these. */
struct recipe {
    const char *cell;    /* the kind of program: map, or another */
    const char *variant; /* as make understands it, maybe a path */
    const char *label;   /* the same without paths, as it is stored */
    const char *hash, *key;
};

struct cell {
    size_t recipe;               /* of plan->recipes */
    size_t group;                /* of plan->groups */
    const char *allocator;       /* a name that make understands, or a path */
    const char *allocator_label; /* the same without a path */
    const char *variables;  /* what the allocator is set by, "NAME=value NAME=value"; NULL until
                               allocators_find has found it */
    const char *library;    /* of the allocator, to be preloaded: its path.  NULL for the one
                               that needs none, and until allocators_find has found it */
    bool same_allowed;      /* it may be the same as another one of its group in all but the name */
    const char *parameters; /* "name=value name=value", by name; the rest is the cell's choice */
};

struct group {
    const char *op, *pattern, *key;
    const char *keys_file;      /* from which the pattern's keys are taken, or NULL */
    const struct words *rounds; /* processes for each cell, and those added later; of a grid */
    const char *goal;           /* of a grid, or NULL */
    uint64_t scale, seed, samples;
    enum turns turns; /* in which its competitors take their samples */
    int core;         /* on which its processes stay, or CORE_ANY */
    uint64_t reps;    /* the sum of the rounds */
    size_t *cells;    /* of plan->cells */
    size_t cell_count;
};

/* Owns everything that its parts point to. */
struct plan {
    struct grid *grids;
    size_t grid_count;
    struct recipe *recipes;
    size_t recipe_count;
    struct cell *cells;
    size_t cell_count;
    struct group *groups;
    size_t group_count;
    struct words libraries; /* of the allocators: private copies, each once */
    struct words variables; /* and what these are set by */
    uint64_t processes;     /* cells times their replicates, summed */
    char *settings; /* the plan as a plan file without paths: the same plan, the same text */
};

/* More than this is taken for a mistake. */
enum { PLAN_PROCESSES_MAX = 1000000 };

/* Reads a plan.
 * file: a plan file, or NULL for a plan of the one grid on the command line;
 * given: the settings of the command line, NULL where there is none; they hold wherever a line of
 *        the file does not say otherwise.
 * Nothing is left to free after a fault. */
bool plan_read(struct plan *plan, const char *file, const char *const given[SET_COUNT],
               struct fault *fault);

/* Reads the plan that an experiment's stored settings are, without any path that is not in them. */
bool plan_read_stored(struct plan *plan, const char *settings, struct fault *fault);

/* Adds a round of processes for each cell.
 * reps: "6", or "6,0,12", a number for each grid; grids with cells in one group get equally many.
 * After a fault the plan is as it was. */
bool plan_add_round(struct plan *plan, const char *reps, struct fault *fault);

/* True if blocks are to be added until something is decided. */
bool plan_has_goal(const struct plan *plan);

/* Adds to a plan the rounds by which these stored settings of an experiment differ from it.  False,
 * with the plan as it was, if they are not those of this plan with or without more rounds. */
bool plan_follow(struct plan *plan, const char *settings);

/* "pool xxh3 u64 glibc put shuffled 1000": a cell in one line; the caller frees it. */
char *plan_cell_text(const struct plan *plan, size_t cell);

void plan_free(struct plan *plan);

#endif
