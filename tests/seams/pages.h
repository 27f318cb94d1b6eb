/* pages.h (tests) - the door to address space, watched like that of mem.h, whose counters count
 * what is in use and whose order to fail is obeyed.  Everything is small, so that maps outgrow it.
 */
#ifndef PAGES_H
#define PAGES_H

#include <stdbool.h>
#include <stddef.h>

enum {
    PAGES_FROM = 2048,
    PAGES_FIRST = 8192,
    PAGES_LARGE = 1024,
    PAGES_LARGE_FROM = 4096,
};

size_t pages_step(void);
char *pages_reserve(size_t bytes);
bool pages_use(char *space, size_t used, size_t more);
void pages_ready(char *space, size_t used, size_t more);
void pages_large(char *space, size_t bytes);
void pages_release(char *space, size_t bytes, size_t used);

#endif
