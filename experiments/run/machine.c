/* machine.c - see machine.h.  One half reads Linux's files, the other asks macOS's sysctl. */
#define _DEFAULT_SOURCE 1
#include "machine.h"

#include "counters.h"
#include "digest.h"
#include "need.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

/* What only the one system or the other can tell; machine_id is what it calls the installation. */
static void read_system(struct machine *machine, char *machine_id, size_t size);

/* printf with %s of a text that may be longer than its place: it is cut. */
static void set(char *place, size_t size, const char *text) {
    snprintf(place, size, "%.*s", (int)size - 1, text);
}
#define SET(place, text) set(place, sizeof place, text)

#ifdef __APPLE__
#include <sys/sysctl.h>

static int64_t system_number(const char *name, int64_t otherwise) {
    int64_t value = 0; /* the systems that have it are little-endian: 32 bits land right */
    size_t size = sizeof value;
    return sysctlbyname(name, &value, &size, NULL, 0) == 0 ? value : otherwise;
}

static void system_text(const char *name, char *text, size_t size) {
    if (sysctlbyname(name, text, &size, NULL, 0) != 0)
        text[0] = '\0';
}

static void read_system(struct machine *machine, char *machine_id, size_t size) {
    char version[64];
    system_text("machdep.cpu.brand_string", machine->cpu, sizeof machine->cpu);
    system_text("kern.osproductversion", version, sizeof version);
    system_text("kern.uuid", machine_id, size);
    snprintf(machine->os, sizeof machine->os, "macOS %s", version);
    machine->memory_bytes = system_number("hw.memsize", 0);
    machine->virtualised = (int)system_number("kern.hv_vmm_present", -1);
    SET(machine->thp, "none");
    long long line = (long long)system_number("hw.cachelinesize", 0);
    snprintf(machine->caches, sizeof machine->caches,
             "[{\"level\":1,\"type\":\"Data\",\"size\":%lld,\"line\":%lld},"
             "{\"level\":1,\"type\":\"Instruction\",\"size\":%lld,\"line\":%lld},"
             "{\"level\":2,\"type\":\"Unified\",\"size\":%lld,\"line\":%lld}]",
             (long long)system_number("hw.l1dcachesize", 0), line,
             (long long)system_number("hw.l1icachesize", 0), line,
             (long long)system_number("hw.l2cachesize", 0), line);
}

int64_t machine_memory_available(void) {
    int64_t memory = system_number("hw.memsize", -1);
    return memory < 0 ? -1 : memory / 10 * 7;
}

#else

/* The first line of a file, empty if there is none. */
static void first_line(const char *path, char *line, size_t size) {
    line[0] = '\0';
    FILE *file = fopen(path, "r");
    if (!file)
        return;
    if (fgets(line, (int)size, file))
        line[strcspn(line, "\n")] = '\0';
    fclose(file);
}

/* What follows `name` and then ':' or '=' in the first line that begins with it; false if none
 * does. */
static bool field(const char *path, const char *name, char *value, size_t size) {
    FILE *file = fopen(path, "r");
    if (!file)
        return false;
    char line[4096];
    bool found = false;
    while (!found && fgets(line, sizeof line, file)) {
        size_t length = strlen(name);
        if (strncmp(line, name, length) != 0 || !strchr(":= \t", line[length]))
            continue;
        const char *start = line + length + strspn(line + length, ":= \t\"");
        set(value, size, start);
        value[strcspn(value, "\"\n")] = '\0';
        found = true;
    }
    fclose(file);
    return found;
}

/* The number in a line such as "MemTotal:  1234 kB", in bytes; -1 if there is none. */
static int64_t memory_field(const char *name) {
    char text[64];
    return field("/proc/meminfo", name, text, sizeof text) ? strtoll(text, NULL, 10) * 1024 : -1;
}

static void read_caches(char *json, size_t size) {
    size_t used = (size_t)snprintf(json, size, "[");
    for (int i = 0; i < 8; i++) {
        static const char *const names[] = {"level", "type", "size", "coherency_line_size"};
        char value[4][32];
        for (int n = 0; n < 4; n++) {
            char path[128];
            snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu0/cache/index%d/%s", i,
                     names[n]);
            first_line(path, value[n], sizeof value[n]);
        }
        if (value[0][0] == '\0' || used + 128 > size)
            break;
        /* The size is written "32K" or "8M". */
        char *unit;
        long long bytes = strtoll(value[2], &unit, 10);
        bytes *= *unit == 'K' ? 1 << 10 : *unit == 'M' ? 1 << 20 : 1;
        used += (size_t)snprintf(json + used, size - used,
                                 "%s{\"level\":%d,\"type\":\"%s\",\"size\":%lld,\"line\":%d}",
                                 i ? "," : "", atoi(value[0]), value[1], bytes, atoi(value[3]));
    }
    snprintf(json + used, size - used, "]");
}

static void read_cpu(char *cpu, size_t size) {
    char implementer[32], part[32], family[16], model[16];
    if (field("/proc/cpuinfo", "model name", cpu, size)) {
        /* A virtual machine may say no more than "AMD EPYC". */
        size_t used = strlen(cpu);
        if (field("/proc/cpuinfo", "cpu family", family, sizeof family) &&
            field("/proc/cpuinfo", "model", model, sizeof model))
            snprintf(cpu + used, size - used, " (family %s, model %s)", family, model);
        return;
    }
    if (field("/proc/cpuinfo", "CPU implementer", implementer, sizeof implementer) &&
        field("/proc/cpuinfo", "CPU part", part, sizeof part))
        snprintf(cpu, size, "ARM implementer %s part %s", implementer, part);
    else
        snprintf(cpu, size, "unknown");
}

static int read_virtualised(void) {
    char flags[4096], type[64];
    first_line("/sys/hypervisor/type", type, sizeof type);
    if (type[0] || access("/proc/device-tree/hypervisor", F_OK) == 0)
        return 1;
    if (field("/proc/cpuinfo", "flags", flags, sizeof flags))
        return strstr(flags, " hypervisor") != NULL;
    return -1;
}

static void read_system(struct machine *machine, char *machine_id, size_t size) {
    char thp[128];
    read_cpu(machine->cpu, sizeof machine->cpu);
    if (!field("/etc/os-release", "PRETTY_NAME", machine->os, sizeof machine->os))
        SET(machine->os, "Linux");
    first_line("/etc/machine-id", machine_id, size);
    machine->memory_bytes = memory_field("MemTotal");
    machine->virtualised = read_virtualised();
    /* "always [madvise] never": the one in brackets holds. */
    first_line("/sys/kernel/mm/transparent_hugepage/enabled", thp, sizeof thp);
    char *chosen = strchr(thp, '[');
    if (chosen)
        chosen[strcspn(chosen, "]")] = '\0';
    SET(machine->thp, chosen ? chosen + 1 : "none");
    read_caches(machine->caches, sizeof machine->caches);
}

/* What the control group, a container's for instance, leaves; -1 if it sets no limit. */
static int64_t group_memory_available(void) {
    char limit[64], used[64];
    first_line("/sys/fs/cgroup/memory.max", limit, sizeof limit);
    first_line("/sys/fs/cgroup/memory.current", used, sizeof used);
    if (limit[0] < '0' || limit[0] > '9')
        return -1;
    int64_t left = strtoll(limit, NULL, 10) - strtoll(used, NULL, 10);
    return left > 0 ? left : 0;
}

int64_t machine_memory_available(void) {
    int64_t machine = memory_field("MemAvailable");
    int64_t group = group_memory_available();
    return group >= 0 && (machine < 0 || group < machine) ? group : machine;
}

#endif

struct machine machine_read(void) {
    struct machine machine = {0};
    struct utsname name;
    char machine_id[128] = "";
    uname(&name);
    snprintf(machine.kernel, sizeof machine.kernel, "%.40s %.60s %.20s", name.sysname, name.release,
             name.machine);
    machine.cores = sysconf(_SC_NPROCESSORS_ONLN);
    machine.page_size = sysconf(_SC_PAGESIZE);
    read_system(&machine, machine_id, sizeof machine_id);
    counters_read(machine.hardware_counters, machine.software_counters,
                  sizeof machine.hardware_counters);

    /* The kernel's idea of the memory wavers by some pages from boot to boot. */
    long long gibibytes = (machine.memory_bytes + (1LL << 29)) >> 30;
    char *all = need_format("%s|%s|%lld|%lld|%s|%s|%lld|%s|%d|%s|%s|%s", machine_id, machine.cpu,
                            (long long)machine.cores, gibibytes, machine.os, machine.kernel,
                            (long long)machine.page_size, machine.thp, machine.virtualised,
                            machine.hardware_counters, machine.software_counters, machine.caches);
    snprintf(machine.id, sizeof machine.id, "%.12s", digest_text(all).hex);
    snprintf(machine.kind, sizeof machine.kind, "%.12s", digest_text(all + strlen(machine_id)).hex);
    free(all);
    return machine;
}

/* ---- Who measures ---- */

/* Opens the file that all who measure on this machine lock; others' files in /tmp may be opened,
 * but not with O_CREAT. */
static int open_shared(const char *path) {
    int file = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (file >= 0 || errno != ENOENT)
        return file;
    file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (file >= 0)
        fchmod(file, 0666); /* whatever the umask is */
    return file;
}

bool machine_claim(struct fault *fault) {
    const char *directory = getenv("TMPDIR");
    char *path =
        need_format("%s/hamtlab-measuring", directory && directory[0] ? directory : "/tmp");
    int file = open_shared(path);
    /* A lock that the system itself tells the holder of; it ends with the process. */
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    bool good = file >= 0 && fcntl(file, F_SETLK, &lock) == 0;
    if (!good && file >= 0 && (errno == EACCES || errno == EAGAIN) &&
        fcntl(file, F_GETLK, &lock) == 0 && lock.l_pid > 0)
        fault_set(fault,
                  "warning: process %ld measures on this machine as well; both disturb each "
                  "other's times",
                  (long)lock.l_pid);
    else if (!good)
        fault_set(fault, "warning: whether others measure on this machine cannot be told: %s: %s",
                  path, strerror(errno));
    if (!good && file >= 0)
        close(file);
    free(path);
    return good; /* the file stays open: with it the lock would go */
}
