/* figures.h - the statistics of a map, which the store has as JSON, as columns of an export.
 *
 * JSON repeats the name of every figure in every row.  Here a figure is a field: `bytes.map` is
 * called so because it is `map` within `bytes`, and a list, `children[]`, is written with blanks
 * between its numbers, those that repeat once: [0,7,0,0,0] is "0 7 0*3".  Numbers stay the text
 * that they are, so that the JSON made of the fields is the same byte by byte. */
#ifndef FIGURES_H
#define FIGURES_H

#include <stddef.h>

/* A number or a list in JSON, as it is written; the caller frees it.  NULL gives NULL. */
char *figure_pack(const char *json);

/* The JSON of `count` figures of these names, in this order, without those that are NULL; the
 * caller frees it.  Of what is not as above it makes some other text. */
char *figures_json(char *const *names, char *const *packed, size_t count);

#endif
