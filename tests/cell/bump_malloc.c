/* bump_malloc.c - a malloc to be preloaded, of which everything is known.
 *
 * It cuts blocks from memory that it maps 4 GB ahead, each with a header of 16 bytes, and uses none
 * again.  The file named by COUNTS, if there is one, gets two 64-bit numbers: how often malloc was
 * called by the process that loaded it, and by that one's children. */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { HEADER = 16, CALLERS = 2 };

static const size_t ahead = (size_t)4 << 30;
static char *next;
static pid_t loader;
static uint64_t none[CALLERS], *count = none;

size_t malloc_usable_size(void *block);

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("COUNTS");
    int file = path ? open(path, O_RDWR) : -1;
    loader = getpid();
    if (file >= 0)
        count = mmap(NULL, sizeof none, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
}

static void *cut(size_t bytes) {
    if (!next)
        next = mmap(NULL, ahead, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    size_t size = (bytes + HEADER - 1) & ~(size_t)(HEADER - 1);
    char *block = next + HEADER;
    memcpy(next, &size, sizeof size);
    next += HEADER + size;
    return block;
}

void *malloc(size_t bytes) {
    count[getpid() != loader]++;
    return cut(bytes);
}

void *calloc(size_t number, size_t bytes) {
    return cut(number * bytes); /* it is zero: nothing is used again */
}

void *realloc(void *block, size_t bytes) {
    void *other = cut(bytes);
    size_t old = malloc_usable_size(block);
    if (block)
        memcpy(other, block, old < bytes ? old : bytes);
    return other;
}

void free(void *block) {
    (void)block;
}

size_t malloc_usable_size(void *block) {
    size_t size = 0;
    if (block)
        memcpy(&size, (char *)block - HEADER, sizeof size);
    return size;
}
