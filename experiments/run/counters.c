/* counters.c - see counters.h. */
#define _DEFAULT_SOURCE 1
#include "counters.h"

#include <stdio.h>

#ifdef __linux__
#include <linux/perf_event.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

struct counter {
    const char *name;
    uint64_t config;
};

static bool opens(uint32_t type, uint64_t config) {
    struct perf_event_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.size = sizeof attributes;
    attributes.type = type;
    attributes.config = config;
    attributes.disabled = 1;
    attributes.exclude_kernel = 1;
    attributes.exclude_hv = 1;
    long descriptor = syscall(SYS_perf_event_open, &attributes, 0, -1, -1, 0);
    if (descriptor < 0)
        return false;
    close((int)descriptor);
    return true;
}

static void list(char *text, size_t size, uint32_t type, const struct counter *counters,
                 size_t count) {
    size_t used = (size_t)snprintf(text, size, "[");
    for (size_t i = 0; i < count; i++)
        if (used < size && opens(type, counters[i].config))
            used += (size_t)snprintf(text + used, size - used, "%s\"%s\"", used > 1 ? "," : "",
                                     counters[i].name);
    if (used < size)
        snprintf(text + used, size - used, "]");
}

void counters_read(char *hardware, char *software, size_t size) {
    static const struct counter in_hardware[] = {
        {"cycles", PERF_COUNT_HW_CPU_CYCLES},
        {"instructions", PERF_COUNT_HW_INSTRUCTIONS},
        {"cache-misses", PERF_COUNT_HW_CACHE_MISSES},
        {"branch-misses", PERF_COUNT_HW_BRANCH_MISSES},
    };
    static const struct counter in_software[] = {
        {"task-clock", PERF_COUNT_SW_TASK_CLOCK},
        {"page-faults", PERF_COUNT_SW_PAGE_FAULTS},
        {"context-switches", PERF_COUNT_SW_CONTEXT_SWITCHES},
        {"cpu-migrations", PERF_COUNT_SW_CPU_MIGRATIONS},
    };
    list(hardware, size, PERF_TYPE_HARDWARE, in_hardware, 4);
    list(software, size, PERF_TYPE_SOFTWARE, in_software, 4);
}

#else

void counters_read(char *hardware, char *software, size_t size) {
    snprintf(hardware, size, "[]");
    snprintf(software, size, "[]");
}

#endif
