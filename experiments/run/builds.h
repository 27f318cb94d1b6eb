/* builds.h - from recipes to programs: asks make for each, and each for its identity. */
#ifndef BUILDS_H
#define BUILDS_H

#include "fault.h"
#include "plan.h"

/* A program and what is stored of it.  Owns its strings. */
struct build {
    char *path;        /* of a private copy of the binary; not stored */
    char *id;          /* digest of all that follows, and of the recipe's label */
    char *composition; /* the parts it is made of */
    char *compiler, *cflags;
    char *identity;     /* all it says of itself, JSON */
    char *binary;       /* digest of the file */
    int64_t pool_slots; /* what it takes when it is not told; -1 if it does not say */
};

/* Runs `MAKE -s --no-print-directory VARIANT=x HASH=h KEY=k cell`, takes the last line of its
 * output for the path of the program, copies it (copies.h), and runs the copy with --identity.  A
 * fault is the last thing
 * make said by itself.  *build is to be given to build_free if this returns true.  False with an
 * empty fault line: interrupted. */
bool build_make(struct build *build, const struct recipe *recipe, const char *make,
                struct fault *fault);

void build_free(struct build *build);

#endif
