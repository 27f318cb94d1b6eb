/* stats.c - see stats.h. */
#include "stats.h"

#include "say.h"

#include <fcntl.h>
#include <unistd.h>

atomic_ulong stats[STATS];
static int report = -1; /* where to */

static const char *const names[STATS - STAT_REFILLS] = {
    "refills",      "flushes",      "slabs_taken",   "slabs_given",    "slabs_adopted",
    "remote_frees", "lookups",      "prewarmed",     "large",          "mmap_calls",
    "munmap_calls", "mremap_calls", "madvise_calls", "superslabs_now", "superslabs_most",
    "areas_now",    "areas_most",
};

void stat_mapped(enum counter now) {
    unsigned long count = atomic_fetch_add_explicit(&stats[now], 1, memory_order_relaxed) + 1;
    atomic_ulong *most = &stats[now + 1];
    unsigned long known = atomic_load_explicit(most, memory_order_relaxed);
    while (known < count && !atomic_compare_exchange_weak_explicit(
                                most, &known, count, memory_order_relaxed, memory_order_relaxed))
        ;
}

void stat_unmapped(enum counter now) {
    atomic_fetch_sub_explicit(&stats[now], 1, memory_order_relaxed);
}

void stats_in_child(void) {
    for (enum counter counter = 0; counter < STAT_SUPERSLABS_NOW; counter++)
        atomic_store_explicit(&stats[counter], 0, memory_order_relaxed);
    stats[STAT_SUPERSLABS_MOST] = atomic_load(&stats[STAT_SUPERSLABS_NOW]);
    stats[STAT_AREAS_MOST] = atomic_load(&stats[STAT_AREAS_NOW]);
}

void stats_start(void) {
    if (settings.stats) /* with a number that no program counts on */
        report = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 200);
    if (settings.stats && report < 0)
        report = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
}

static void print_classes(const char *name, enum counter first) {
    static const char *const classes[] = {"c0", "c1", "c2", "c3", "c4", "c5", "c6", "c7", "larger"};
    for (unsigned i = 0; i <= SEED_CLASSES; i++)
        say_to(report, "%s_%s=%lu", name, classes[i], atomic_load(&stats[first + i]));
}

__attribute__((destructor)) static void stats_print(void) {
    if (report < 0)
        return;
    print_classes("exhausted", STAT_EXHAUSTED);
    print_classes("fallbacks", STAT_FALLBACK);
    for (unsigned i = STAT_REFILLS; i < STATS; i++)
        say_to(report, "%s=%lu", names[i - STAT_REFILLS], atomic_load(&stats[i]));
}
