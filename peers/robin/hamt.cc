/* hamt.cc (robin) - tsl::robin_map: open addressing, entries that are far from home displace
 * others. */
#include <tsl/robin_map.h>

template <typename Key, typename Value, typename Hash, typename Equal>
using table = tsl::robin_map<Key, Value, Hash, Equal>;

#include "map.hh"
