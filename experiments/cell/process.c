/* process.c - see process.h. */
#include "process.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <malloc.h>
#if __GLIBC_PREREQ(2, 33)
#define TELLS_ALLOCATED /* by mallinfo2; mallinfo, which is older, counts up to 2 GiB only */
#endif
#endif
#ifdef __APPLE__
#include <mach/mach.h>
#include <malloc/malloc.h>
#include <stdlib.h>
#endif

#ifndef __APPLE__
/* The figure in the line "NAME:   123 kB" of a file below /proc/self, in bytes; negative if there
 * is none.  Read into the stack, since it is malloc that is looked at. */
static double figure_in(const char *path, const char *name) {
    char text[8192];
    size_t length = 0;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return -1;
    for (ssize_t got; length < sizeof text - 1; length += (size_t)got) {
        got = read(file, text + length, sizeof text - 1 - length);
        if (got <= 0)
            break;
    }
    close(file);
    text[length] = '\0';
    double kilobytes;
    const char *line = strstr(text, name);
    return line && sscanf(line + strlen(name), ": %lf kB", &kilobytes) == 1 ? kilobytes * 1024 : -1;
}
#endif

double process_rss_bytes(void) {
#ifdef __APPLE__
    task_vm_info_data_t info;
    mach_msg_type_number_t count = TASK_VM_INFO_COUNT;
    if (task_info(mach_task_self(), TASK_VM_INFO, (task_info_t)&info, &count) != KERN_SUCCESS)
        return -1;
    return (double)info.internal;
#else
    /* Counted page by page; the sums in statm and status may lag by hundreds of kilobytes. */
    return figure_in("/proc/self/smaps_rollup", "\nAnonymous");
#endif
}

double process_large_bytes(void) {
#ifdef __APPLE__
    return -1;
#else
    return figure_in("/proc/self/smaps_rollup", "\nAnonHugePages");
#endif
}

double process_allocated_bytes(void) {
#ifdef TELLS_ALLOCATED
    if (strncmp(process_allocator(), "libc.", strlen("libc.")) == 0) {
        struct mallinfo2 info = mallinfo2();
        return (double)info.uordblks + (double)info.hblkhd;
    }
#endif
    return -1;
}

double process_peak_rss_bytes(void) {
#ifdef __APPLE__
    struct rusage usage;
    return getrusage(RUSAGE_SELF, &usage) == 0 ? (double)usage.ru_maxrss : -1;
#else
    /* Not getrusage: its maximum begins with what the parent had resident when it forked. */
    return figure_in("/proc/self/status", "\nVmHWM");
#endif
}

uint64_t process_waits(void) {
    struct rusage self, children;
    getrusage(RUSAGE_SELF, &self);
    getrusage(RUSAGE_CHILDREN, &children);
    return (uint64_t)self.ru_nvcsw + (uint64_t)children.ru_nvcsw;
}

static void *map(size_t bytes, int visibility) {
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, visibility | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return NULL;
    return memory;
}

void *process_pages(size_t bytes) {
    return map(bytes, MAP_PRIVATE);
}

void *process_shared(size_t bytes) {
    return map(bytes, MAP_SHARED);
}

void process_unmap(void *memory, size_t bytes) {
    munmap(memory, bytes);
}

bool process_fork_and_wait(void) {
    int status = 0;
    pid_t child = fork();
    if (child > 0)
        while (waitpid(child, &status, 0) < 0 && errno == EINTR)
            continue;
    if (child > 0 && WIFSIGNALED(status))
        raise(WTERMSIG(status)); /* a crash is this process's, and is told as one */
    return child == 0;
}

void process_child_ends(void) {
    _exit(0);
}

/* The file name of the library that holds this address. */
static const char *library_at(const void *address) {
    Dl_info info;
    if (!address || dladdr(address, &info) == 0 || !info.dli_fname)
        return "unknown";
    const char *slash = strrchr(info.dli_fname, '/');
    return slash ? slash + 1 : info.dli_fname;
}

const char *process_allocator(void) {
#ifdef __APPLE__
    /* There a preloaded allocator serves as malloc's default zone. */
    void *block = malloc(1), *serves = NULL;
    malloc_zone_t *zone = malloc_zone_from_ptr(block);
    if (zone)
        memcpy(&serves, &zone->malloc, sizeof serves);
    free(block);
    return library_at(serves);
#else
    static const char *const companions[] = {"free", "calloc", "realloc", "malloc_usable_size"};
    static char mixed[256];
    const char *serves = library_at(dlsym(RTLD_DEFAULT, "malloc"));
    for (size_t i = 0; i < sizeof companions / sizeof *companions; i++) {
        const char *other = library_at(dlsym(RTLD_DEFAULT, companions[i]));
        if (strcmp(other, serves) != 0) {
            snprintf(mixed, sizeof mixed, "%s, but %s is that of %s", serves, companions[i], other);
            return mixed;
        }
    }
    return serves;
#endif
}
