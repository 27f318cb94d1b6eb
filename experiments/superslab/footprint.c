/* footprint.c - see footprint.h. */
#include "footprint.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* Lines of /proc/self/maps, and lines of a file in general; 0 if it cannot be read. */
static uint64_t count_lines(const char *path) {
    char text[4096];
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return 0;
    uint64_t lines = 0;
    ssize_t length;
    while ((length = read(file, text, sizeof text)) > 0)
        for (ssize_t i = 0; i < length; i++)
            lines += text[i] == '\n';
    close(file);
    return lines;
}

/* The number after `name` in the text of /proc/self/status, in kilobytes there, in bytes here. */
static bool status_bytes(const char *text, const char *name, uint64_t *bytes) {
    const char *found = strstr(text, name);
    if (!found)
        return false;
    *bytes = strtoull(found + strlen(name), NULL, 10) * 1024;
    return true;
}

bool footprint_read(struct footprint *footprint) {
    char text[8192];
    int file = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return false;
    ssize_t length = read(file, text, sizeof text - 1);
    close(file);
    if (length <= 0)
        return false;
    text[length] = '\0';
    footprint->areas = count_lines("/proc/self/maps");
    return footprint->areas > 0 && status_bytes(text, "\nRssAnon:", &footprint->rss) &&
           status_bytes(text, "\nVmHWM:", &footprint->rss_most);
}

static double seconds(struct timeval time) {
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

struct usage usage_read(void) {
    struct rusage usage = {0};
    getrusage(RUSAGE_SELF, &usage); /* cannot fail: the arguments are good */
    return (struct usage){seconds(usage.ru_utime), seconds(usage.ru_stime),
                          (uint64_t)usage.ru_minflt};
}

struct usage usage_between(const struct usage *earlier, const struct usage *later) {
    return (struct usage){later->user - earlier->user, later->system - earlier->system,
                          later->minor_faults - earlier->minor_faults};
}

void usage_add(struct usage *sum, const struct usage *more) {
    sum->user += more->user;
    sum->system += more->system;
    sum->minor_faults += more->minor_faults;
}
