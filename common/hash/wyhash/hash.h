/* hash.h (wyhash) - wyhash (Wang Yi), from libwyhash; the version of 2020, "wyhash_final_version".
 *
 * Every step multiplies two words of the key, masked by a secret, to 128 bits and folds the halves
 * together.  It passes SMHasher and is among the fastest on short keys; every bit of the result may
 * be used.  It is not a keyed hash: the "secret" is public, and keys that begin with
 * a word of it collide under every seed. */
#ifndef HASH_H
#define HASH_H

/* wyhash.h defines its default secret, _wyp, as a global constant in every file that includes it.
 * As a weak symbol it may be there more than once. */
#pragma weak _wyp
#include <assert.h>
#include <wyhash/wyhash.h>

#include <stddef.h>
#include <stdint.h>

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "integers are hashed as they lie");

#define HASH_KEYED 0

/* The hash of `len` bytes.  `bytes` is not NULL, even if there are none. */
static inline uint64_t hash_bytes(const void *bytes, size_t len, uint64_t seed) {
    /* The values of _wyp once more: a weak constant is loaded from memory, this one is folded. */
    static const uint64_t secret[5] = {UINT64_C(0xa0761d6478bd642f), UINT64_C(0xe7037ed1a0b428db),
                                       UINT64_C(0x8ebc6af09c88c6e3), UINT64_C(0x589965cc75374cc3),
                                       UINT64_C(0x1d8e4e27c47d124f)};
    return wyhash(bytes, len, seed, secret);
}

/* The hash of an integer: that of its eight bytes. */
static inline uint64_t hash_u64(uint64_t key, uint64_t seed) {
    return hash_bytes(&key, sizeof key, seed);
}

#endif
