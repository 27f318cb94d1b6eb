/* core.c - see core.h. */
#define _GNU_SOURCE 1
#include "core.h"

#include "need.h"

#include <errno.h>
#include <stdlib.h>
#ifdef __linux__
#include <sched.h>

void core_list(struct words *numbers) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0)
        return;
    for (int i = 0; i < CPU_SETSIZE; i++) {
        if (!CPU_ISSET(i, &set))
            continue;
        char *number = need_format("%d", i);
        words_add(numbers, number);
        free(number);
    }
}

bool core_keep(int core) {
    if (core == CORE_ANY)
        return true;
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(core, &set);
    return sched_setaffinity(0, sizeof set, &set) == 0;
}

#else

void core_list(struct words *numbers) {
    (void)numbers;
}

bool core_keep(int core) {
    errno = ENOSYS;
    return core == CORE_ANY;
}

#endif
