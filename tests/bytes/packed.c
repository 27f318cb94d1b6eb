/* packed.c - memory without gaps, for the tests' mem.h: a block begins where the one asked for
 * before it ends, or where one of the same size was freed last.  So a test can tell where a block
 * will lie, and all bytes that are asked for are counted. */
#include "mem.h"

#include <stdint.h>
#include <string.h>

enum { ROOM = 4 << 20, BLOCKS = 1 << 15, UNIT = 16 /* malloc's alignment */ };

static _Alignas(UNIT) unsigned char room[ROOM];
static struct {
    size_t start, bytes;
    int live;
} blocks[BLOCKS];
static size_t count, live_blocks, live_bytes;

static size_t end_of(size_t block) {
    return (blocks[block].start + blocks[block].bytes + UNIT - 1) / UNIT * UNIT;
}

void *mem_alloc(size_t bytes) {
    size_t block = count;
    while (block > 0 && (blocks[block - 1].live || blocks[block - 1].bytes != bytes))
        block--;
    if (block > 0) {
        block--;
    } else {
        size_t start = count > 0 ? end_of(count - 1) : 0;
        if (count == BLOCKS || bytes > ROOM - UNIT - start)
            return NULL;
        block = count++;
        blocks[block].start = start;
        blocks[block].bytes = bytes;
    }
    blocks[block].live = 1;
    live_blocks++;
    live_bytes += bytes;
    return room + blocks[block].start;
}

static size_t block_at(const void *address) {
    size_t start = (size_t)((const unsigned char *)address - room), low = 0, high = count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (blocks[middle].start <= start)
            low = middle;
        else
            high = middle;
    }
    if (!count || blocks[low].start != start || !blocks[low].live)
        abort();
    return low;
}

void mem_free(void *address) {
    if (!address)
        return;
    size_t block = block_at(address);
    blocks[block].live = 0;
    live_blocks--;
    live_bytes -= blocks[block].bytes;
}

size_t mem_usable(const void *address) {
    return address ? blocks[block_at(address)].bytes : 0;
}

void *mem_resize(void *address, size_t bytes) {
    void *moved = mem_alloc(bytes);
    if (!moved)
        return NULL;
    if (address)
        memcpy(moved, address, mem_usable(address) < bytes ? mem_usable(address) : bytes);
    mem_free(address);
    return moved;
}

size_t mem_live_blocks(void) {
    return live_blocks;
}

size_t mem_live_bytes(void) {
    return live_bytes;
}
