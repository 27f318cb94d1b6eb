/* mem.h (tests) - the door to memory, watched: it can fail, and it knows what is alive. */
#ifndef MEM_H
#define MEM_H

#include <stddef.h>
#include <stdlib.h>

#ifdef __cplusplus
extern "C" {
#endif

void *mem_alloc(size_t bytes);
void *mem_resize(void *block, size_t bytes);
void mem_free(void *block);
size_t mem_usable(const void *block);

/* The allocation after the next `after` ones fails, and with `forever` all those behind it too.
 * A negative number: none fails. */
void mem_fail_after(long after, int forever);

size_t mem_live_blocks(void);
size_t mem_live_bytes(void);

#ifdef __cplusplus
}
#endif

#endif
