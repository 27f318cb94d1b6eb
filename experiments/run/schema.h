/* schema.h - the tables of the store, and which of them an experiment's export consists of. */
#ifndef SCHEMA_H
#define SCHEMA_H

#include <stdbool.h>

/* Stored as the database's user_version; raised with every change of the tables. */
enum { SCHEMA_VERSION = 2 };

/* Raised with every change of how a table is written in an export. */
enum { EXPORT_FORM = 2 };

/* What a line of a table's file is. */
enum schema_form {
    FORM_ROW,     /* a row */
    FORM_FIGURES, /* a row whose JSON has a column for each figure: figures.h */
    FORM_SERIES,  /* rows that follow each other and differ in ns_per_op alone, which is the last
                     column, with blanks between; `number` is their place in the process */
    FORM_WIDE     /* the rows of a run, with a column for each name */
};

/* Statements that make an empty database a store; ends with NULL. */
extern const char *const schema[];

/* A table, which of its rows belong to the experiment ?1, and what becomes of a row that is
 * imported where its key is known. */
struct schema_table {
    const char *name;
    bool within; /* its rows are an experiment's: the first column, which tells of
                    which, is left out of the export of one */
    enum schema_form form;
    const char *of_experiment; /* the rest of a SELECT, after "FROM name" */
    const char *when_known;    /* the rest of an INSERT */
};

enum { SCHEMA_TABLES = 8 };

/* In an order in which a row comes after what it refers to; ends with a NULL name. */
extern const struct schema_table schema_tables[SCHEMA_TABLES + 1];

#endif
