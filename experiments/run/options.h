/* options.h - the runner's command line. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "schedule.h"

/* The strings are those of argv. */
struct options {
    const char *given[SET_COUNT]; /* settings; NULL where they are not given */
    const char *plan;             /* a plan file, or NULL */
    const char *store;            /* the database */
    const char *name;             /* of the experiment, or NULL */
    const char *export_to;        /* directory for exports, or NULL */
    const char *experiment;       /* the beginning of an id: export that one instead of measuring,
                                     or add `more` to it; or NULL */
    const char *import_from;      /* directory of an export to be read; or NULL */
    const char *make;             /* the command that builds */
    double timeout;               /* seconds for one process */
    const char *more; /* processes for each cell to add to a finished experiment, "6", or "6,0,12",
                         a number for each line of its plan; or NULL */
    struct shard shard; /* the part of the blocks to be measured */
    uint64_t from;      /* the first run of the schedule that is: what comes before is elsewhere */
    bool dry_run, build, describe, help;
};

/* Reads and checks everything but the settings, which plan_read checks. */
bool options_read(struct options *options, int argc, char **argv, struct fault *fault);

/* What --help prints. */
extern const char options_help[];

#endif
