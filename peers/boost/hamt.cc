/* hamt.cc (boost) - boost::unordered_flat_map: open addressing, a byte of each hash compared
 * fifteen at once. */
#include <boost/unordered/unordered_flat_map.hpp>

template <typename Key, typename Value, typename Hash, typename Equal>
using table = boost::unordered_flat_map<Key, Value, Hash, Equal>;

#include "map.hh"
