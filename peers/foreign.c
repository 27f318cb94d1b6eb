/* foreign.c - the C side of a peer in another language.
 *
 * That language brings an archive with C linkage, which defines peer_create and, as hamt.h has
 * them, hamt_destroy, hamt_put, hamt_get, hamt_remove, hamt_size and hamt_each.  It hashes with
 * peer_hash, so that its keys have the hash that all competitors are given.  It costs a call where
 * a map in C or C++ has the function inlined; the call from the harness into the map is
 * everybody's. */
#include "config.h"
#include "hamt.h"
#include "keyops.h"

/* An empty map whose keys are hashed with this seed; NULL when memory is out. */
struct hamt *peer_create(uint64_t seed);

uint64_t peer_hash(hamt_key key, uint64_t seed);

uint64_t peer_hash(hamt_key key, uint64_t seed) {
    return key_hash(key, seed);
}

struct hamt *hamt_create(const struct hamt_config *config) {
    struct hamt_config chosen;
    return config_chosen(config, &chosen) ? peer_create(chosen.hash_seed) : NULL;
}

#include "outside.h"
