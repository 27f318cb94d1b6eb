/* source.h - which source is measured: the commit, and what differs from it.
 *
 * Everything in the repository counts but results/, which an experiment itself adds to. */
#ifndef SOURCE_H
#define SOURCE_H

#include <stdbool.h>

struct source {
    char commit[65]; /* empty if there is none: no repository, or nothing committed */
    bool dirty;      /* something differs from the commit, or there is none */
    char diff[33];   /* when dirty: digest of the difference; empty when clean */
};

/* Asks git about the working directory. */
struct source source_read(void);

#endif
