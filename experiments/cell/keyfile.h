/* keyfile.h - keys of a user's own: a file with a key on each line.
 *
 * The measuring program takes its keys from it, in the order in which they come; the runner reads
 * it before, to refuse it in time and to know what to store: the name of the file without
 * directories, and a digest of what is in it.
 *
 * All memory comes from the system, as malloc must have served nothing before there is a map. */
#ifndef KEYFILE_H
#define KEYFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct keyfile_line {
    const char *bytes; /* not terminated */
    size_t length;     /* 1 at least */
};

struct keyfile {
    char *text;
    size_t bytes;
    struct keyfile_line *lines; /* all different */
    size_t count;
    char label[96];     /* words.txt@ and 16 digits of the digest: what is stored */
    char complaint[96]; /* what is wrong with the file, after its name */
};

/* Reads a file.  numbers: each line is to be a number from 0 to 2^64 - 1, in decimal digits.
 * False, with the complaint set and nothing to free, if the file is not as described. */
bool keyfile_read(struct keyfile *file, const char *path, bool numbers);
void keyfile_free(struct keyfile *file);

/* How many keys an operation on a map of `scale` entries uses: those it is filled with and, of some
 * operations, others behind them. */
uint64_t keyfile_needed(const char *operation, uint64_t scale);

#endif
