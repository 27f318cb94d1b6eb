/* new.hh (tests) - operator new and delete by the door of mem.h, which can fail and knows what is
 * alive.  For a map in C++, in its one source. */
#ifndef NEW_HH
#define NEW_HH

#include "mem.h"

#include <new>

void *operator new(size_t bytes) {
    void *block = mem_alloc(bytes);
    if (!block)
        throw std::bad_alloc();
    return block;
}

void *operator new(size_t bytes, const std::nothrow_t &) noexcept {
    return mem_alloc(bytes);
}

void operator delete(void *block) noexcept {
    mem_free(block);
}

void operator delete(void *block, size_t) noexcept {
    mem_free(block);
}

#endif
