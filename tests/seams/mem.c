/* mem.c (tests) - see mem.h and pages.h.  A block's size stands in front of it. */
#include "mem.h"
#include "pages.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { FRONT = 16 }; /* keeps malloc's alignment */

static _Atomic size_t live_blocks,
    live_bytes; /* a library may give blocks back in a thread of its own */
static long fail_after = -1;
static bool fail_forever;

void mem_fail_after(long after, int forever) {
    fail_after = after;
    fail_forever = forever;
}

size_t mem_live_blocks(void) {
    return live_blocks;
}

size_t mem_live_bytes(void) {
    return live_bytes;
}

/* Is it this allocation's turn to fail? */
static bool fails(void) {
    if (fail_after == 0) {
        if (!fail_forever)
            fail_after = -1;
        return true;
    }
    if (fail_after > 0)
        fail_after--;
    return false;
}

void *mem_alloc(size_t bytes) {
    if (fails())
        return NULL;
    size_t *front = malloc(FRONT + bytes);
    if (!front)
        return NULL;
    *front = bytes;
    live_blocks++;
    live_bytes += bytes;
    return (char *)front + FRONT;
}

void mem_free(void *block) {
    if (!block)
        return;
    size_t *front = (size_t *)(void *)((char *)block - FRONT);
    live_blocks--;
    live_bytes -= *front;
    free(front);
}

size_t mem_usable(const void *block) {
    return block ? *(const size_t *)(const void *)((const char *)block - FRONT) : 0;
}

/* Always elsewhere, so that whoever keeps a pointer to the old block is found out. */
void *mem_resize(void *block, size_t bytes) {
    void *moved = mem_alloc(bytes);
    if (!moved)
        return NULL;
    if (block)
        memcpy(moved, block, mem_usable(block) < bytes ? mem_usable(block) : bytes);
    mem_free(block);
    return moved;
}

size_t pages_step(void) {
    return 256;
}

/* What is not in use is filled with nonsense, so that whoever takes it for zeros is found out. */
char *pages_reserve(size_t bytes) {
    char *space = fails() ? NULL : malloc(bytes);
    if (space) {
        memset(space, 0xa5, bytes);
        live_blocks++;
    }
    return space;
}

bool pages_use(char *space, size_t used, size_t more) {
    (void)space, (void)used;
    if (fails())
        return false;
    live_bytes += more;
    return true;
}

void pages_ready(char *space, size_t used, size_t more) {
    (void)space, (void)used, (void)more;
}

void pages_large(char *space, size_t bytes) {
    (void)space, (void)bytes;
}

void pages_release(char *space, size_t bytes, size_t used) {
    (void)bytes;
    live_blocks--;
    live_bytes -= used;
    free(space);
}
