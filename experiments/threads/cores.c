/* cores.c - see cores.h. */
#include "cores.h"

#include <sched.h>
#include <stdio.h>
#include <unistd.h>

#ifdef __linux__

static cpu_set_t
    usable; /* by the process: a thread that stays on one core has forgotten the others */
static size_t in_order[CPU_SETSIZE];

/* The first in the list of a core's siblings, which has the core itself in it, in ascending order:
 * siblings have the same. */
static size_t first_sibling(size_t core) {
    char path[80];
    size_t first = core;
    snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%zu/topology/thread_siblings_list",
             core);
    FILE *file = fopen(path, "r");
    if (file) {
        if (fscanf(file, "%zu", &first) != 1 || first >= CPU_SETSIZE)
            first = core;
        fclose(file);
    }
    return first;
}

/* First the first usable core of each physical one, then the second of each, and so on. */
static void put_in_order(void) {
    size_t siblings[CPU_SETSIZE] = {0}, round[CPU_SETSIZE], count = (size_t)CPU_COUNT(&usable);
    for (size_t core = 0; core < CPU_SETSIZE; core++)
        if (CPU_ISSET(core, &usable))
            round[core] = siblings[first_sibling(core)]++;
    for (size_t placed = 0, now = 0; placed < count; now++)
        for (size_t core = 0; core < CPU_SETSIZE; core++)
            if (CPU_ISSET(core, &usable) && round[core] == now)
                in_order[placed++] = core;
}

size_t cores_count(void) {
    if (CPU_COUNT(&usable) == 0 && sched_getaffinity(0, sizeof usable, &usable) == 0)
        put_in_order();
    return (size_t)CPU_COUNT(&usable);
}

void cores_stay(size_t place) {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(in_order[place], &one);
    sched_setaffinity(0, sizeof one, &one);
}

#else

size_t cores_count(void) {
    return (size_t)sysconf(_SC_NPROCESSORS_ONLN);
}

void cores_stay(size_t place) {
    (void)place;
}

#endif
