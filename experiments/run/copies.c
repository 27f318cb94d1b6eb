/* copies.c - see copies.h. */
#define _DEFAULT_SOURCE 1
#define _XOPEN_SOURCE   700
#include "copies.h"

#include "need.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char place[] = "build/run/copies";
static const double kept = 7 * 24 * 3600; /* seconds */

/* 0, or -1 with errno set. */
static int make_place(void) {
    static const char *const parts[] = {"build", "build/run", place};
    int result = 0;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        result = mkdir(parts[i], 0777);
    return result == 0 || errno == EEXIST ? 0 : -1;
}

/* 0, or -1 with errno set. */
static int copy_bytes(int from, int to) {
    enum { PIECE = 65536 };
    char piece[PIECE];
    for (;;) {
        ssize_t got = read(from, piece, PIECE);
        if (got <= 0)
            return (int)got;
        for (ssize_t written = 0, more; written < got; written += more) {
            more = write(to, piece + written, (size_t)(got - written));
            if (more < 0)
                return -1;
        }
    }
}

/* 0, or -1 with errno set. */
static int copy_file(const char *from, const char *to) {
    struct stat status;
    int in = open(from, O_RDONLY | O_CLOEXEC);
    int out = in < 0 ? -1 : open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    int result = out < 0 ? -1 : copy_bytes(in, out);
    if (result == 0)
        result = fstat(in, &status) == 0 ? fchmod(out, status.st_mode & 0777) : -1;
    int error = errno;
    if (in >= 0)
        close(in);
    if (out >= 0 && close(out) != 0 && result == 0)
        return -1;
    errno = error;
    return result;
}

char *copy_make(const char *path, const char *name, struct digest *digest, struct fault *fault) {
    /* It gets its name when it is whole: other runners may be at work here. */
    char *part = need_format("%s/part-%ld", place, (long)getpid());
    char *copy = NULL;
    if (make_place() == 0 && copy_file(path, part) == 0) {
        *digest = digest_file(part);
        char *directory = need_format("./%s/%s", place, digest->hex);
        copy = need_format("%s/%s", directory, name);
        mkdir(directory, 0777);
        if (rename(part, copy) != 0) {
            free(copy);
            copy = NULL;
        }
        free(directory);
    }
    if (!copy) {
        fault_set(fault, "%s cannot be copied into %s: %s", path, place, strerror(errno));
        unlink(part);
    }
    free(part);
    return copy;
}

static int remove_old(const char *path, const struct stat *status, int type, struct FTW *where) {
    if (difftime(time(NULL), status->st_mtime) > kept && where->level > 0)
        remove(path); /* not a directory in which a younger one is left */
    (void)type;
    return 0;
}

void copies_clean(void) {
    nftw(place, remove_old, 16, FTW_DEPTH | FTW_PHYS);
}
