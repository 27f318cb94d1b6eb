/* process.c - see process.h. */
#include "process.h"

#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __APPLE__
#include <mach/mach.h>
#include <sys/random.h>
#endif

double process_rss_bytes(void) {
#ifdef __APPLE__
    mach_task_basic_info_data_t info;
    mach_msg_type_number_t count = MACH_TASK_BASIC_INFO_COUNT;
    if (task_info(mach_task_self(), MACH_TASK_BASIC_INFO, (task_info_t)&info, &count) !=
        KERN_SUCCESS)
        return -1;
    return (double)info.resident_size;
#else
    long total, resident;
    FILE *file = fopen("/proc/self/statm", "r");
    if (!file)
        return -1;
    int fields = fscanf(file, "%ld %ld", &total, &resident);
    fclose(file);
    return fields == 2 ? (double)resident * (double)sysconf(_SC_PAGESIZE) : -1;
#endif
}

double process_peak_rss_bytes(void) {
    struct rusage usage;
    if (getrusage(RUSAGE_SELF, &usage) != 0)
        return -1;
#ifdef __APPLE__
    return (double)usage.ru_maxrss; /* bytes there, */
#else
    return (double)usage.ru_maxrss * 1024; /* kilobytes here */
#endif
}

void *process_shared(size_t bytes) {
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

void process_unshare(void *memory, size_t bytes) {
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

const char *process_allocator(void) {
    Dl_info info;
    void *malloc_address = dlsym(RTLD_DEFAULT, "malloc");
    if (!malloc_address || dladdr(malloc_address, &info) == 0 || !info.dli_fname)
        return "unknown";
    const char *slash = strrchr(info.dli_fname, '/');
    return slash ? slash + 1 : info.dli_fname;
}

bool process_random(uint64_t *number) {
    return getentropy(number, sizeof *number) == 0;
}
