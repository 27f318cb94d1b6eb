/* builds.h - from recipes to programs: asks make for each, and each for what it is and can do. */
#ifndef BUILDS_H
#define BUILDS_H

#include "fault.h"
#include "plan.h"

#include <jansson.h>

/* A program and what is stored of it.  Owns its strings. */
struct build {
    char *path;                     /* of a private copy of the binary; not stored */
    char *id;                       /* digest of all that follows, and of the recipe's label */
    char *program;                  /* what kind of cell it is: map, or another */
    char *composition, *hash, *key; /* what it is made of; NULL where it has none */
    char *compiler, *cflags;
    char *identity;      /* all it says of itself, JSON */
    char *binary;        /* digest of the file */
    json_t *description; /* what it prints for --describe */
};

/* The program of the cells that measure maps. */
#define MAP_PROGRAM "map"

/* Adds what make is told of a program: "VARIANT=x", "HASH=h", "KEY=k", and "CELL=c" unless that is
 * the map's. */
void build_settings(struct words *settings, const struct recipe *recipe);

/* Runs `MAKE -s --no-print-directory CELL=c VARIANT=x HASH=h KEY=k cell`, takes the last line of
 * its output for the path of the program, copies it (copies.h), and runs the copy with --describe.
 * A fault is the last thing make said by itself.  *build is to be given to build_free if this
 * returns true.  False with an empty fault line: interrupted. */
bool build_make(struct build *build, const struct recipe *recipe, const char *make,
                struct fault *fault);

/* True if each cell of the plan asks its program for what that can do.  builds: one for each of
 * plan->recipes. */
bool builds_can(const struct build *builds, const struct plan *plan, struct fault *fault);

/* Does it measure maps? */
bool build_is_map(const struct build *build);

/* The parameters that a process has which is asked for these, with those that the program chooses:
 * "name=value name=value", by name.  The caller frees it. */
char *build_parameters(const struct build *build, const char *asked);

void build_free(struct build *build);

#endif
