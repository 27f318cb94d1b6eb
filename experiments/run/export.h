/* export.h - an experiment written as CSV files that git can hold.
 *
 * An export is a directory with one file for each table (schema.c), holding the rows that one
 * experiment needs, and SHA256SUMS, by which a reader can tell that all of it has arrived
 * (manifest.h).  Nothing is lost on the way, and nothing is said twice: numbers are written in the
 * shortest form that gives them back, a column in which all is NULL is left out, and so is the one
 * that would name the experiment in each row.  value.csv has a column for each name.  import.h
 * reads it. */
#ifndef EXPORT_H
#define EXPORT_H

#include "store.h"

/* False, with a fault, where SQLite is older than 3.38, from which on it has the operator -> by
 * which trees are taken apart.  To be asked before anything is measured for an export. */
bool export_possible(struct fault *fault);

/* Writes the finished experiment whose id begins so into a directory below `parent`, made if need
 * be: called as the experiment is, or by its id where it has no name; NAME-ID if another
 * experiment's export is called NAME already.  An earlier export of the same experiment is replaced
 * when the new one is whole.  The directory's path, which the caller frees; NULL after a fault. */
char *export_experiment(struct store *store, const char *beginning, const char *parent,
                        struct fault *fault);

#endif
