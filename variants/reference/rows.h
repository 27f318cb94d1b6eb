/* rows.h - the row, of which everything in this layout is made.
 *
 * A row has two words and is one of two things; the lowest bit of the first word tells which.
 *
 *     value row    { pointer to the value, lowest bit set | pointer to the key           }
 *     table row    { pointer to rows, lowest bit clear    | bitmap or count, room (32+32) }
 *
 * A table is an array of rows without gaps.  It has no header: what must be known about it stands
 * in the one row that leads to it, so that the array itself can be exactly as long as it has rows.
 *
 * At each of the 13 levels a chunk of five bits of the hash, 0 to 31, chooses a row; bit i of the
 * bitmap is set if there is a row for chunk i, and it stands behind the rows of all lower chunks.
 * Twelve levels use 60 of the hash's 64 bits and the thirteenth the other four.  Keys that agree in
 * all of them meet in a collision table one level further down, where no bit is left to choose by:
 * it holds value rows in any order, and in place of the bitmap stands their count. */
#ifndef ROWS_H
#define ROWS_H

#include "key.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum {
    CHUNK_BITS = 5,
    FAN_OUT = 1 << CHUNK_BITS,
    LEVELS = (64 + CHUNK_BITS - 1) / CHUNK_BITS, /* and the level of collision tables */
};

/* libhamt's search is one function for everything that searches, its pools lie in a source file of
 * their own, and a put goes through three layers of calls.  Compiled as one file, with each
 * function merged into its one caller, the same design takes two thirds of the time on small maps,
 * and is no longer the yardstick it is meant to be.  So the calls stay. */
#if __has_attribute(noclone)
#define OUTLINED __attribute__((noinline, noclone, unused)) static
#else
#define OUTLINED __attribute__((noinline, unused)) static
#endif

struct row {
    union {
        struct { /* value row */
            uintptr_t tagged;
            const hamt_key *key;
        };
        struct { /* table row */
            struct row *rows;
            union {
                uint32_t bitmap; /* above the last level */
                uint32_t count;  /* below it */
            };
            uint32_t room; /* rows the array was made for: more than it has only after a remove
                              that was denied a smaller array */
        };
    };
};

_Static_assert(sizeof(struct row) == 16 || sizeof(void *) != 8, "a row is two words");

static inline bool row_is_value(const struct row *row) {
    return row->tagged & 1;
}

static inline struct row row_of_value(const hamt_key *key, uint64_t *value) {
    return (struct row){.tagged = (uintptr_t)value | 1, .key = key};
}

static inline uint64_t *row_value(const struct row *row) {
    assert(row_is_value(row));
    return (uint64_t *)(row->tagged & ~(uintptr_t)1);
}

/* The chunk of the hash that chooses among the rows of a table at `level`. */
static inline unsigned chunk_at(uint64_t hash, unsigned level) {
    assert(level < LEVELS);
    return (unsigned)(hash >> (CHUNK_BITS * level)) & (FAN_OUT - 1);
}

/* The first level at which two hashes choose different rows; LEVELS if they are equal. */
static inline unsigned chunk_divergence(uint64_t a, uint64_t b) {
    return a == b ? LEVELS : (unsigned)__builtin_ctzll(a ^ b) / CHUNK_BITS;
}

static inline uint32_t chunk_bit(unsigned chunk) {
    return UINT32_C(1) << chunk;
}

static inline bool table_has(const struct row *table, unsigned chunk) {
    return table->bitmap >> chunk & 1;
}

/* Where the row for `chunk` stands, or would: behind all lower ones. */
static inline unsigned table_position(const struct row *table, unsigned chunk) {
    return (unsigned)__builtin_popcount(table->bitmap & (chunk_bit(chunk) - 1));
}

/* Number of rows of a table at `level`. */
static inline unsigned table_count(const struct row *table, unsigned level) {
    return level < LEVELS ? (unsigned)__builtin_popcount(table->bitmap) : table->count;
}

#endif
