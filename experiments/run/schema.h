/* schema.h - the tables of the store, and which of them an experiment's export consists of. */
#ifndef SCHEMA_H
#define SCHEMA_H

/* Stored as the database's user_version; raised with every change of the tables. */
enum { SCHEMA_VERSION = 1 };

/* Statements that make an empty database a store; ends with NULL. */
extern const char *const schema[];

/* A table, and which of its rows belong to the experiment ?1. */
struct schema_table {
    const char *name;
    const char *of_experiment; /* the rest of a SELECT, after "FROM name" */
};

/* In an order in which a row comes after what it refers to; ends with a NULL name. */
extern const struct schema_table schema_tables[];

#endif
