/* hamt.cc (absl) - absl::flat_hash_map, the Swiss table: open addressing, sixteen bytes of hashes
 * compared at once.  Denied memory while it grows, it reads what it no longer has. */
#include <absl/container/flat_hash_map.h>

template <typename Key, typename Value, typename Hash, typename Equal>
using table = absl::flat_hash_map<Key, Value, Hash, Equal>;

#include "map.hh"
