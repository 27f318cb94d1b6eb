/* entered.c - which of a map's functions are entered, and how often, between two readings of the
 * clock.
 *
 * It is linked into the measuring program of CELL=map-entered, of which the map alone is compiled
 * so that every function calls the first handler below when it is entered.  Nothing is inlined
 * there (-O0), so that each function of the source is one of the program, and the program reads its
 * clock through entered_clock, whose readings part what it does into stretches: the operation that
 * is timed is one of them (experiments/counted/entered.py finds it).  At the end of each stretch
 * but the first, which is what comes before the clock, a line "entered STRETCH ADDRESS CALLS" is
 * added for each function to the file that ENTERED_INTO names; addresses are those in the
 * program's file. */
#include <link.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

void __cyg_profile_func_enter(void *function, void *caller);
void __cyg_profile_func_exit(void *function, void *caller);
int entered_clock(clockid_t clock, struct timespec *now);

/* A map is a few hundred functions; the table is open and never full. */
enum { PLACES = 1 << 12, STRETCHES_MOST = 8 };
static struct {
    uintptr_t function;
    uint64_t calls;
} places[PLACES];
static int stretch; /* in a child of fork it goes on from what it was */

void __cyg_profile_func_enter(void *function, void *caller) {
    size_t at = (uintptr_t)function / 16 % PLACES;
    (void)caller;
    while (places[at].function && places[at].function != (uintptr_t)function)
        at = (at + 1) % PLACES;
    places[at].function = (uintptr_t)function;
    places[at].calls++;
}

void __cyg_profile_func_exit(void *function, void *caller) {
    (void)function;
    (void)caller;
}

/* What an address in the process has more than one in the file: nothing unless the program may be
 * loaded anywhere. */
static uintptr_t loaded_at(void) {
    extern const char __ehdr_start[]; /* the linker's name for the head of the file */
    const ElfW(Ehdr) *head = (const void *)__ehdr_start;
    return head->e_type == ET_DYN ? (uintptr_t)head : 0;
}

static void tell(void) {
    const char *path = getenv("ENTERED_INTO");
    FILE *file = path ? fopen(path, "a") : NULL;
    if (!file) {
        fprintf(stderr, "cell: ENTERED_INTO must name a file that can be written\n");
        exit(EXIT_FAILURE);
    }
    for (size_t at = 0; at < PLACES; at++)
        if (places[at].calls)
            fprintf(file, "entered %d %jx %ju\n", stretch,
                    (uintmax_t)(places[at].function - loaded_at()), (uintmax_t)places[at].calls);
    fclose(file);
}

int entered_clock(clockid_t clock, struct timespec *now) {
    (void)clock;
    if (stretch > 0 && stretch < STRETCHES_MOST)
        tell();
    for (size_t at = 0; at < PLACES; at++)
        places[at].calls = 0;
    stretch++;
    return timespec_get(now, TIME_UTC) ? 0 : -1; /* no time of this program is looked at */
}
