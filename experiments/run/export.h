/* export.h - experiments as CSV files that git can hold, out of a store and into one.
 *
 * An export is a directory with one file for each table, holding the rows that one experiment
 * needs: machine.csv, build.csv, experiment.csv, run.csv, sample.csv.  Nothing is lost on the way:
 * numbers are written with all their digits, and NULL differs from an empty text. */
#ifndef EXPORT_H
#define EXPORT_H

#include "store.h"

/* Writes a finished experiment into a directory below `parent`, made if need be: called as the
 * experiment is, or by its id where it has no name; NAME-ID if another experiment's export is
 * called NAME already.  The directory's path, which the caller frees; NULL after a fault. */
char *export_experiment(struct store *store, const char *experiment, const char *parent,
                        struct fault *fault);

/* Reads an export into the store, all of it or nothing.  What is there already is left as it is. */
bool export_import(struct store *store, const char *directory, struct fault *fault);

#endif
