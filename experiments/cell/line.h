/* line.h - what a cell prints: JSON objects, each on a line of its own.
 *
 * All cells say what they are and what a sample is of in the same words; what else a sample has,
 * each adds by itself:
 *
 *     line_begin("get", "random", 1000, 1, 0);
 *     printf(",\"values\":{\"ns\":%.17g}", ns);
 *     line_end();
 *
 * The identity is what makes the program different from others: the compiler and its flags and, of
 * a program that is built for a map, variant, composition, hash, kind of key, a digest of the map's
 * own machine code, and what the hash makes of a key that is always the same.
 *
 * Nothing here asks malloc for memory, which may be what is measured. */
#ifndef LINE_H
#define LINE_H

#include "arguments.h"

#include <stdint.h>

/* Prints the program's identity: an object, without a newline. */
void line_identity(void);

/* Begins a sample's line: identity, parameters, and all that is said here. */
void line_begin(const char *op, const char *pattern, uint64_t scale, uint64_t seed,
                uint64_t number);

/* Ends the line and passes it on. */
void line_end(void);

/* Prints what --describe is to tell, a line. */
void line_describe(const struct arguments *known);

#endif
