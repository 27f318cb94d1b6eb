/* hash.hh - the hash that all competitors are given, and what equal keys are, as C++'s maps ask for
 * them. */
#ifndef HASH_HH
#define HASH_HH

#include "hamt.h"
#include "new.hh"

/* gcc 12 warns of its own AVX-512 intrinsics, which xxHash uses, in C++ alone (gcc bug 105593). */
#if defined __GNUC__ && !defined __clang__
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include "keyops.h"
#if defined __GNUC__ && !defined __clang__
#pragma GCC diagnostic pop
#endif

struct peer_hash {
    using is_avalanching = void; /* to boost: the hash is good in all bits, and need not be mixed */
    uint64_t seed;
    size_t operator()(hamt_key key) const noexcept {
        return (size_t)key_hash(key, seed);
    }
};

struct peer_equal {
    bool operator()(hamt_key a, hamt_key b) const noexcept {
        return key_equal(a, b);
    }
};

#endif
