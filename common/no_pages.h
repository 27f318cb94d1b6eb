/* no_pages.h - pages.h where there is no address space to reserve: nothing is large enough for it,
 * so that all memory comes by mem.h, and none of these functions is ever called. */
#ifndef NO_PAGES_H
#define NO_PAGES_H

#define PAGES_FROM (SIZE_MAX / 2)

enum { PAGES_FIRST = 1, PAGES_LARGE = 1, PAGES_LARGE_FROM = 1 };

static inline size_t pages_step(void) {
    return 1;
}

static inline char *pages_reserve(size_t bytes) {
    (void)bytes;
    return NULL;
}

static inline bool pages_use(char *space, size_t used, size_t more) {
    (void)space, (void)used, (void)more;
    return false;
}

static inline void pages_ready(char *space, size_t used, size_t more) {
    (void)space, (void)used, (void)more;
}

static inline void pages_large(char *space, size_t bytes) {
    (void)space, (void)bytes;
}

static inline void pages_release(char *space, size_t bytes, size_t used) {
    (void)space, (void)bytes, (void)used;
}

#endif
