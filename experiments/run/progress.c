/* progress.c - see progress.h. */
#define _DEFAULT_SOURCE 1
#include "progress.h"

#include "clock.h"
#include "need.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static const double plain_interval = 10; /* seconds between lines that are not on a terminal */

/* What is known of one cell, or of all builds. */
struct kind {
    size_t left;     /* processes to come */
    size_t measured; /* processes that ran */
    double seconds;  /* they took in all */
    double entries;  /* they worked on in all */
    size_t group;
    double scale;
};

struct progress {
    bool terminal, drawn;
    double last_line; /* when the last plain one was printed */
    size_t done, total;
    struct kind *kinds;
    size_t kind_count;
};

static struct progress *begin(size_t kind_count, size_t total) {
    struct progress *progress = need_zeroed(1, sizeof *progress);
    *progress = (struct progress){.terminal = isatty(STDERR_FILENO),
                                  .last_line = clock_seconds(),
                                  .total = total,
                                  .kinds = need_zeroed(kind_count, sizeof *progress->kinds),
                                  .kind_count = kind_count};
    return progress;
}

struct progress *progress_builds(size_t count) {
    struct progress *progress = begin(1, count);
    progress->kinds[0] = (struct kind){.left = count, .scale = 1};
    return progress;
}

struct progress *progress_runs(const struct plan *plan, const struct schedule *schedule) {
    struct progress *progress = begin(plan->cell_count, schedule->count);
    for (size_t i = 0; i < plan->cell_count; i++) {
        const struct group *group = &plan->groups[plan->cells[i].group];
        progress->kinds[i] = (struct kind){
            .left = group->reps, .group = plan->cells[i].group, .scale = (double)group->scale};
    }
    return progress;
}

void progress_done(struct progress *progress, size_t cell, double seconds) {
    progress->done++;
    progress->kinds[cell].left--;
    if (seconds > 0)
        progress_known(progress, cell, seconds);
}

void progress_known(struct progress *progress, size_t cell, double seconds) {
    struct kind *kind = &progress->kinds[cell];
    kind->measured++;
    kind->seconds += seconds;
    kind->entries += kind->scale;
}

/* ---- Time left ---- */

/* Adds up what is known of the kinds in a group, or of all kinds. */
static struct kind sum(const struct progress *progress, bool all, size_t group) {
    struct kind total = {0};
    for (size_t i = 0; i < progress->kind_count; i++) {
        const struct kind *kind = &progress->kinds[i];
        if (all || kind->group == group) {
            total.measured += kind->measured;
            total.seconds += kind->seconds;
            total.entries += kind->entries;
        }
    }
    return total;
}

double progress_left(const struct progress *progress) {
    struct kind all = sum(progress, true, 0);
    double left = 0;
    for (size_t i = 0; i < progress->kind_count; i++) {
        const struct kind *kind = &progress->kinds[i];
        if (kind->left == 0)
            continue;
        struct kind known = kind->measured ? *kind : sum(progress, false, kind->group);
        double each = known.measured ? known.seconds / (double)known.measured
                                     : kind->scale * all.seconds / all.entries;
        left += each * (double)kind->left;
    }
    return left;
}

/* ---- Drawing ---- */

static void duration(double seconds, char *text, size_t size) {
    if (isnan(seconds)) {
        snprintf(text, size, "?");
        return;
    }
    unsigned long whole = (unsigned long)(seconds + 0.5);
    if (whole >= 3600)
        snprintf(text, size, "%lu:%02lu:%02lu", whole / 3600, whole / 60 % 60, whole % 60);
    else
        snprintf(text, size, "%lu:%02lu", whole / 60, whole % 60);
}

static size_t columns(void) {
    struct winsize size;
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20 ? size.ws_col : 80;
}

static void wipe(struct progress *progress) {
    if (progress && progress->drawn)
        fputs("\r\033[K", stderr);
    if (progress)
        progress->drawn = false;
}

void progress_show(struct progress *progress, const char *now) {
    char left[32], bar[21];
    duration(progress_left(progress), left, sizeof left);
    size_t full = progress->total ? 20 * progress->done / progress->total : 0;
    for (size_t i = 0; i < 20; i++)
        bar[i] = i < full ? '#' : '.';
    bar[20] = '\0';

    if (progress->terminal) {
        char *line = need_format("[%s] %zu/%zu  %s left  %s", bar, progress->done, progress->total,
                                 left, now);
        wipe(progress);
        fprintf(stderr, "%.*s", (int)columns() - 1, line);
        fflush(stderr);
        progress->drawn = true;
        free(line);
    } else if (clock_seconds() - progress->last_line >= plain_interval) {
        progress->last_line = clock_seconds();
        fprintf(stderr, "%zu/%zu  %s left  %s\n", progress->done, progress->total, left, now);
    }
}

void progress_say(struct progress *progress, const char *format, ...) {
    wipe(progress);
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}

void progress_end(struct progress *progress) {
    if (!progress)
        return;
    wipe(progress);
    free(progress->kinds);
    free(progress);
}
