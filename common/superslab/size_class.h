/* size_class.h - the sizes that blocks come in.
 *
 * The seed has eight classes, 8 to 1,024 bytes, each twice the one before: a block wastes a quarter
 * of its bytes on average, and those of 8 bytes break malloc's alignment to 16.  Here each of the
 * seed's classes is divided into steps of 16 bytes, at most eight of them, so that the waste is an
 * eighth at most; the names C0 to C7 remain, as groups, for settings and counters.  C0 has no
 * blocks of its own: its requests take the 16 bytes of C1.  The steps go on to 256 KiB.
 *
 *     group        C1   C2     C3          C4           C5              C6  ...
 *     bytes        16   32   48 64   80 96 112 128   144 160 .. 256   288 .. 512
 *     class         0    1    2  3    4  5   6   7     8   9 ..  15    16 ..  23
 */
#ifndef SUPERSLAB_SIZE_CLASS_H
#define SUPERSLAB_SIZE_CLASS_H

#include "common.h"

enum {
    BLOCK_ALIGNMENT = 16,
    SLAB_ALIGNMENT = 4096, /* of a slab's first block, hence of blocks of a multiple of that */
    CLASSES = 96,
    SMALL_MAX = 1024, /* bytes the table below covers */
    SLAB_SHIFT = 16,
    SLAB_BYTES = 1 << SLAB_SHIFT,
};

struct size_class {
    uint32_t bytes;      /* of a block */
    uint32_t reciprocal; /* 2^32 / bytes, rounded up: a block's number is offset * this >> 32 */
    uint16_t run;        /* slabs that lie together and serve as one */
    uint16_t magazine;   /* blocks a thread's magazine holds at most */
    uint16_t batch;      /* blocks a full magazine gives back at once */
    uint16_t refill;     /* blocks an empty one fetches at once */
};

extern struct size_class size_classes[CLASSES];
extern size_t class_bytes_max; /* larger blocks get an area of their own */

/* Class by (bytes + 15) / 16.  A table known to the compiler, as malloc reads it before anything is
 * set up. */
extern const uint8_t small_class[SMALL_MAX / BLOCK_ALIGNMENT + 1];

/* bytes: at most class_bytes_max. */
static inline unsigned class_of(size_t bytes) {
    if (bytes <= SMALL_MAX)
        return small_class[(bytes + BLOCK_ALIGNMENT - 1) / BLOCK_ALIGNMENT];
    size_t last = bytes - 1;
    unsigned top = 63 - (unsigned)__builtin_clzl(last); /* 10 or more */
    return (top - 6) * 8 + ((last >> (top - 3)) & 7);
}

/* Fills size_classes as the settings say. */
void size_classes_start(void);

#endif
