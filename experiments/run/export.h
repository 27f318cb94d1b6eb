/* export.h - an experiment written as CSV files that git can hold.
 *
 * An export is a directory with one file for each table, holding the rows that one experiment
 * needs: machine.csv, build.csv, experiment.csv, run.csv, sample.csv; and SHA256SUMS, by which a
 * reader can tell that all of it has arrived (manifest.h).  Nothing is lost on the way: numbers are
 * written with all their digits, and NULL differs from an empty text.  import.h reads it. */
#ifndef EXPORT_H
#define EXPORT_H

#include "store.h"

/* Writes the finished experiment whose id begins so into a directory below `parent`, made if need
 * be: called as the experiment is, or by its id where it has no name; NAME-ID if another
 * experiment's export is called NAME already.  An earlier export of the same experiment is replaced
 * when the new one is whole.  The directory's path, which the caller frees; NULL after a fault. */
char *export_experiment(struct store *store, const char *beginning, const char *parent,
                        struct fault *fault);

#endif
