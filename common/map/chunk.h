/* chunk.h - how a hash is read along the way down.
 *
 * The hash is cut into chunks of CHUNK_BITS, from the low end: chunk 0 chooses among the
 * children of the root, chunk 1 among those of the next node, and so on.  All levels use 60 bits;
 * the four bits left over are dropped.  Keys whose 60 bits agree collide: what holds them is
 * searched key by key.
 *
 * Whoever includes it has CHUNK_BITS and CHUNK_LEVELS. */
#ifndef CHUNK_H
#define CHUNK_H

#include <stdint.h>

enum { CHUNK_VALUES = 1 << CHUNK_BITS };
_Static_assert(CHUNK_BITS *CHUNK_LEVELS == 60, "the levels use 60 bits");

/* The bits that the levels above `level` have used: the prefix all keys below such a node share. */
static inline uint64_t chunk_prefix(uint64_t hash, unsigned level) {
    return hash & ((UINT64_C(1) << (CHUNK_BITS * level)) - 1);
}

/* The part of a hash that the trie can tell apart. */
static inline uint64_t chunk_hash(uint64_t hash) {
    return chunk_prefix(hash, CHUNK_LEVELS);
}

/* Which of the children of a node at `level` the hash chooses. */
static inline unsigned chunk_at(uint64_t hash, unsigned level) {
    return (unsigned)(hash >> (CHUNK_BITS * level)) & (CHUNK_VALUES - 1);
}

/* The first level at which two different hashes choose different children. */
static inline unsigned chunk_divergence(uint64_t a, uint64_t b) {
    return (unsigned)__builtin_ctzll(a ^ b) / CHUNK_BITS;
}

#endif
