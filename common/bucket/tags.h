/* tags.h - a bucket is searched by its entries' tags: the last byte of each one's hash, which no
 * way to a bucket uses before it is 56 bits long.
 *
 * How tags are compared, and how many of them there is room for, the part says:
 *   find_equal  a mask of the entries whose tag is this one; places without an entry may be among
 *               them */
#ifndef TAGS_H
#define TAGS_H

enum { FIND_BITS = 8 /* of a tag */ };

static inline void find_set(unsigned char *find, unsigned index, uint64_t hash) {
    find[index] = (unsigned char)hash;
}

static inline void find_move(unsigned char *find, unsigned to, unsigned from) {
    find[to] = find[from];
}

static inline uint32_t find_candidates(const unsigned char *find, unsigned count, uint64_t hash) {
    return find_equal(find, (uint8_t)hash) & ((UINT32_C(1) << count) - 1);
}

static inline uint64_t find_bits(const unsigned char *find, unsigned index) {
    return find[index];
}

static inline bool find_check(const unsigned char *find, unsigned index, uint64_t hash) {
    return find[index] == (uint8_t)hash;
}

#endif
