/* hamt.cc (hopscotch) - tsl::hopscotch_map: open addressing, every entry in the neighbourhood of
 * its home. */
#include <tsl/hopscotch_map.h>

template <typename Key, typename Value, typename Hash, typename Equal>
using table = tsl::hopscotch_map<Key, Value, Hash, Equal>;

#include "map.hh"
