/* csv.h - comma-separated values as RFC 4180 has them, but that lines end as git has them, and with
 * one agreement more: an empty field is NULL, an empty text is "". */
#ifndef CSV_H
#define CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Writes a field, in quotes only where it needs them; NULL as nothing. */
void csv_write(FILE *file, const char *text, bool first);

/* Ends a record. */
void csv_end(FILE *file);

/* One record.  Zero it before the first reading; to be given to csv_free. */
struct csv_record {
    char **field; /* NULL where the field is empty and not quoted */
    size_t count;
    char *text; /* holds all fields */
    size_t length;
};

/* Reads the next record.  1: read; 0: the file has ended; -1: this is not CSV, or
 * cannot be read. */
int csv_read(FILE *file, struct csv_record *record);

void csv_free(struct csv_record *record);

#endif
