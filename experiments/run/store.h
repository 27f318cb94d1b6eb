/* store.h - where every sample goes as soon as it is measured: an SQLite database.
 *
 * The samples of one process are one transaction.  Whatever ends the runner, what was stored stays,
 * and the next start finds the experiment unfinished and knows which slots of its schedule are
 * done.  The tables are in schema.c. */
#ifndef STORE_H
#define STORE_H

#include "builds.h"
#include "machine.h"
#include "replicate.h"
#include "source.h"

#include <sqlite3.h>

struct store;

/* Opens the store, and makes it if it is not there.  NULL after a fault. */
struct store *store_open(const char *path, struct fault *fault);

/* The same if it is there; NULL with an empty fault line if it is not. */
struct store *store_open_present(const char *path, struct fault *fault);

/* NULL is allowed. */
void store_close(struct store *store);

/* False once its file was deleted or replaced: what is written then, nobody will find. */
bool store_is_there(struct store *store);

/* The database behind it, for what this header does not offer. */
sqlite3 *store_database(struct store *store);

/* A statement of SQLite's printf format (%s, and %w within quotes), ready to be bound and stepped;
 * NULL after a fault. */
sqlite3_stmt *store_statement(struct store *store, struct fault *fault, const char *format, ...);

/* Reads all of the store and looks for damage.  False, with what was found, if there is any. */
bool store_check(struct store *store, struct fault *fault);

/* Takes the right to measure into this store, kept until the process ends.  False if another
 * process has it. */
bool store_claim(const char *path, struct fault *fault);

/* ---- Transactions ---- */

bool store_begin(struct store *store, struct fault *fault);

/* Ends the transaction: keeps it if `good`, otherwise undoes it.  Returns good and kept. */
bool store_end(struct store *store, bool good, struct fault *fault);

/* ---- Experiments ---- */

/* What makes two starts of the runner the same experiment, and its id: so parts of it that are
 * measured into several stores belong together. */
struct experiment {
    const char *name; /* NULL if it has none */
    const char *settings;
    const char *plan_digest, *builds_digest;
    size_t planned; /* runs */
    const struct machine *machine;
    const struct source *source;
};

/* "9f86d081884c-", what the ids of all starts of the same experiment begin with; the caller frees
 * it. */
char *experiment_family(const struct experiment *experiment);

/* Id of the newest unfinished experiment that is the same as this one, or NULL if there is none
 * (then the fault's line is empty) or it cannot be told.  The caller frees it. */
char *store_find_unfinished(struct store *store, const struct experiment *experiment,
                            struct fault *fault);

/* The id of the experiment whose id is, or alone begins with, `beginning`; the caller frees it.
 * NULL if there is none or are several, which are then named. */
char *store_find_experiment(struct store *store, const char *beginning, struct fault *fault);

/* Stores a new experiment, and its machine if that is new.  Its id, which the caller frees; NULL
 * after a fault. */
char *store_add_experiment(struct store *store, const struct experiment *experiment,
                           struct fault *fault);

/* status: "running", "interrupted" or "finished". */
bool store_set_status(struct store *store, const char *experiment, const char *status,
                      struct fault *fault);

/* Calls `visit` for every experiment of this name that is the same as this one but for its plan and
 * its builds, or only for the one of this id; the newest first.  Ends early when `visit` returns
 * true. */
struct stored_experiment {
    const char *id, *settings, *builds_digest;
    bool finished;
    size_t good; /* runs */
};
bool store_each_like(struct store *store, const struct experiment *experiment, const char *id,
                     bool (*visit)(const struct stored_experiment *stored, void *context),
                     void *context, struct fault *fault);

/* The settings of an experiment, which the caller frees; NULL after a fault. */
char *store_settings(struct store *store, const char *experiment, struct fault *fault);

/* Gives a stored experiment a longer plan, so that it is not finished any more. */
bool store_extend(struct store *store, const char *id, const struct experiment *longer,
                  struct fault *fault);

/* ---- Runs ---- */

/* Stores a build, if it is new. */
bool store_add_build(struct store *store, const struct recipe *recipe, const struct build *build,
                     struct fault *fault);

/* Stores what one slot of the schedule gave, samples and all, in place of a run that was not good.
 */
struct run {
    const char *experiment;
    size_t slot_number;
    const struct slot *slot;
    const struct plan *plan;
    const struct build *build;
    const struct machine *machine; /* on which it ran */
    uint64_t trace_seed;
};
bool store_add_run(struct store *store, const struct run *run, const struct replicate *replicate,
                   struct fault *fault);

/* Turns a good run into a wrong one. */
bool store_mark_wrong(struct store *store, const char *experiment, size_t slot, const char *detail,
                      struct fault *fault);

/* One stored run, as store_each_run hands it out; the strings live as long as the call. */
struct stored_run {
    size_t slot;
    enum replicate_status status;
    const char *detail, *checksum; /* NULL where there is none */
    double seconds;                /* 0 if it never ran */
};

/* Calls `visit` for every stored run of the slots first to last, in their order. */
bool store_each_run(struct store *store, const char *experiment, size_t first, size_t last,
                    void (*visit)(const struct stored_run *run, void *context), void *context,
                    struct fault *fault);

/* What good runs tell of one cell; the strings live as long as the call. */
struct stored_cell {
    const char *variant, *hash, *key, *op, *pattern, *allocator;
    uint64_t scale;
    double seconds, repetitions; /* means of a process; untimed ones before samples are with them */
    double peak_rss_bytes;       /* the most; 0 where it is not known */
};

/* Calls `visit` for every cell of which there are good runs, of whatever experiment. */
bool store_each_cell(struct store *store,
                     void (*visit)(const struct stored_cell *cell, void *context), void *context,
                     struct fault *fault);

#endif
