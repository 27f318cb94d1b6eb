/* hamt.cc (std) - std::unordered_map: a list of nodes, each malloc'ed, and an array of places in
 * it. */
#include <unordered_map>

template <typename Key, typename Value, typename Hash, typename Equal>
using table = std::unordered_map<Key, Value, Hash, Equal>;

#include "map.hh"
