/* owned.hh - a key that a map owns: it is cloned as it is made, so that no thread ever sees a key
 * whose bytes are still another's; and looked up by one that it does not own. */
#ifndef OWNED_HH
#define OWNED_HH

#include "hash.hh"

#include <utility>

class owned {
    hamt_key key;

  public:
    explicit owned(hamt_key from) {
        if (!key_clone(&key, from))
            throw std::bad_alloc();
    }
    owned(owned &&from) noexcept : key(std::exchange(from.key, hamt_key{})) {
    }
    owned &operator=(owned &&) = delete;
    ~owned() {
        key_drop(key);
    }
    operator hamt_key() const noexcept {
        return key;
    }
};

#endif
