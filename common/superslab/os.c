/* os.c - see os.h. */
#include "os.h"

#include "settings.h"
#include "stats.h"

#include <errno.h>
#include <sys/mman.h>

enum { PROTECTION = PROT_READ | PROT_WRITE, FLAGS = MAP_PRIVATE | MAP_ANONYMOUS };

void *os_map(size_t bytes) {
    int before = errno;
    stat_add(STAT_MMAP);
    void *mapping = mmap(NULL, bytes, PROTECTION, FLAGS, -1, 0);
    errno = before;
    if (mapping == MAP_FAILED)
        return NULL;
    return mapping;
}

void *os_map_at(void *address, size_t bytes, bool *taken) {
    int before = errno;
    stat_add(STAT_MMAP);
    void *mapping = mmap(address, bytes, PROTECTION, FLAGS | MAP_FIXED_NOREPLACE, -1, 0);
    *taken = mapping == MAP_FAILED && errno == EEXIST;
    errno = before;
    if (mapping == MAP_FAILED)
        return NULL;
    if (mapping != address) { /* a kernel before 4.17 takes the address for a wish */
        *taken = true;
        os_unmap(mapping, bytes);
        return NULL;
    }
    return mapping;
}

bool os_unmap(void *address, size_t bytes) {
    int before = errno;
    stat_add(STAT_MUNMAP);
    bool done = munmap(address, bytes) == 0;
    errno = before;
    return done;
}

bool os_purge(void *address, size_t bytes) {
    int before = errno;
    stat_add(STAT_MADVISE);
    bool done = madvise(address, bytes, MADV_DONTNEED) == 0;
    errno = before;
    return done;
}

void os_touch(void *address, size_t bytes) {
    for (size_t at = 0; at < bytes; at += settings.page_bytes)
        *((volatile char *)address + at) = 0;
}

bool os_resize(void *address, size_t bytes, size_t wanted) {
    int before = errno;
    stat_add(STAT_MREMAP);
    bool done = mremap(address, bytes, wanted, 0) != MAP_FAILED;
    errno = before;
    return done;
}

bool os_move(void *address, size_t bytes, void *to, size_t wanted) {
    int before = errno;
    stat_add(STAT_MREMAP);
    bool done = mremap(address, bytes, wanted, MREMAP_MAYMOVE | MREMAP_FIXED, to) != MAP_FAILED;
    errno = before;
    return done;
}
