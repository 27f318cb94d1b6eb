/* store_inside.h - what the parts of the store share: statements, and the open database. */
#ifndef STORE_INSIDE_H
#define STORE_INSIDE_H

#include "store.h"

struct store {
    char *path;
    sqlite3 *database;
};

/* The fault that SQLite tells; false. */
bool store_broken(struct store *store, struct fault *fault);

/* Asked before anything is written: is its file still there? */
bool store_check_there(struct store *store, struct fault *fault);

/* Prepares a statement and binds ?1, ?2, ... by `types`, a letter for each: t text (NULL is stored
 * as such), i int64_t (-1 is stored as NULL), d double (NAN is stored as NULL).  NULL after a
 * fault. */
sqlite3_stmt *store_query(struct store *store, struct fault *fault, const char *sql,
                          const char *types, ...);

/* Runs a statement whose rows, if it has any, are of no interest. */
bool store_execute(struct store *store, struct fault *fault, const char *sql, const char *types,
                   ...);

/* The first column of the first row, which the caller frees; NULL, with an empty fault line, if
 * there is none. */
char *store_ask(struct store *store, struct fault *fault, const char *sql, const char *types, ...);

/* Stores a machine, if it is new. */
bool store_add_machine(struct store *store, const struct machine *m, struct fault *fault);

/* What is empty is stored as nothing. */
static inline const char *or_null(const char *text) {
    return text[0] ? text : NULL;
}

#endif
