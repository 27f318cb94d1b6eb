/* import.h - exports read into a store: nothing is believed that can be checked. */
#ifndef IMPORT_H
#define IMPORT_H

#include "store.h"

/* Reads an export into the store, all of it or nothing.
 *
 * Refused are a file that is not the one whose sum was exported (manifest.h), a name or id that
 * could lead a later export astray, a number that is not finite, a row that belongs to no or
 * another experiment, a good run without samples, and a row that differs from the store's of the
 * same key.  What is there already is left as it is; only an experiment that was not finished there
 * may be by now. */
bool import_experiment(struct store *store, const char *directory, struct fault *fault);

#endif
