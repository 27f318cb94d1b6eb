/* keyfile.c - see keyfile.h. */
#define _DEFAULT_SOURCE 1
#include "keyfile.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* At least one page, zeroed; NULL when there is none. */
static void *pages(size_t bytes) {
    void *memory =
        mmap(NULL, bytes + 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return NULL;
    return memory;
}

static void give_back(void *memory, size_t bytes) {
    if (memory)
        munmap(memory, bytes + 1);
}

static bool complain(struct keyfile *file, const char *what) {
    snprintf(file->complaint, sizeof file->complaint, ": %s", what);
    return false;
}

static bool complain_of(struct keyfile *file, size_t line, const char *what) {
    snprintf(file->complaint, sizeof file->complaint, ", line %zu: %s", line + 1, what);
    return false;
}

/* ---- The text ---- */

static bool read_text(struct keyfile *file, const char *path) {
    struct stat status;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return complain(file, strerror(errno));
    bool regular = fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
    size_t room = regular ? (size_t)status.st_size : 0;
    file->text = regular ? pages(room) : NULL;
    ssize_t got = 1;
    for (; file->text && file->bytes < room && got > 0; file->bytes += got > 0 ? (size_t)got : 0)
        got = read(descriptor, file->text + file->bytes, room - file->bytes);
    int error = errno;
    close(descriptor);
    if (!regular)
        return complain(file, "not a file of lines");
    if (!file->text)
        return complain(file, "out of memory");
    return got > 0 || complain(file, got < 0 ? strerror(error) : "it became shorter while read");
}

/* What may be stored of a path. */
static bool make_label(struct keyfile *file, const char *path) {
    const char *usable = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    if (strspn(name, usable) != strlen(name) || strlen(name) > 64)
        return complain(file, "its name is stored, and has to be of up to 64 letters, digits, . _ "
                              "and -");
    snprintf(file->label, sizeof file->label, "%s@%016llx", name,
             (unsigned long long)XXH3_128bits(file->text, file->bytes).high64);
    return true;
}

/* ---- The lines ---- */

static bool split(struct keyfile *file) {
    const char *end = file->text + file->bytes;
    for (const char *at = file->text; at < end; file->count++) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        at = newline ? newline + 1 : end;
    }
    if (file->count == 0)
        return complain(file, "there is no key in it");
    if (file->count > UINT32_MAX / 4)
        return complain(file, "more lines than can be told apart");
    file->lines = pages(file->count * sizeof *file->lines);
    if (!file->lines)
        return complain(file, "out of memory");
    const char *at = file->text;
    for (size_t i = 0; i < file->count; i++) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        file->lines[i].bytes = at;
        file->lines[i].length = (size_t)((newline ? newline : end) - at);
        at += file->lines[i].length + 1;
    }
    return true;
}

/* A number as it is written: no sign, no leading zero, below 2^64. */
static bool is_number(const struct keyfile_line *line) {
    static const char most[] = "18446744073709551615";
    for (size_t i = 0; i < line->length; i++)
        if (line->bytes[i] < '0' || line->bytes[i] > '9')
            return false;
    return (line->length == 1 || line->bytes[0] != '0') &&
           (line->length < sizeof most - 1 ||
            (line->length == sizeof most - 1 && memcmp(line->bytes, most, line->length) <= 0));
}

static bool same(const struct keyfile_line *a, const struct keyfile_line *b) {
    return a->length == b->length && memcmp(a->bytes, b->bytes, a->length) == 0;
}

/* Puts every line into a table of twice as many places; a place holds a line's index, plus 1. */
static bool all_different(struct keyfile *file) {
    const uint64_t seed = UINT64_C(0x6b657966696c65); /* not one for which keys were chosen */
    size_t places = 1;
    while (places < 2 * file->count)
        places *= 2;
    uint32_t *table = pages(places * sizeof *table);
    if (!table)
        return complain(file, "out of memory");
    bool good = true;
    for (size_t i = 0; good && i < file->count; i++) {
        const struct keyfile_line *line = &file->lines[i];
        size_t place = XXH3_64bits_withSeed(line->bytes, line->length, seed) & (places - 1);
        while (table[place] && !same(line, &file->lines[table[place] - 1]))
            place = (place + 1) & (places - 1);
        char what[64];
        snprintf(what, sizeof what, "the same as line %u", (unsigned)table[place]);
        good = !table[place] || complain_of(file, i, what);
        table[place] = (uint32_t)(i + 1);
    }
    give_back(table, places * sizeof *table);
    return good;
}

static bool check_lines(struct keyfile *file, bool numbers) {
    for (size_t i = 0; i < file->count; i++) {
        if (file->lines[i].length == 0)
            return complain_of(file, i, "is empty");
        if (numbers && !is_number(&file->lines[i]))
            return complain_of(file, i,
                               "not a number below 2^64 in plain digits; KEY=str takes it");
    }
    return all_different(file);
}

/* ---- The whole ---- */

bool keyfile_read(struct keyfile *file, const char *path, bool numbers) {
    *file = (struct keyfile){0};
    if (read_text(file, path) && make_label(file, path) && split(file) &&
        check_lines(file, numbers))
        return true;
    keyfile_free(file);
    return false;
}

void keyfile_free(struct keyfile *file) {
    give_back(file->lines, file->count * sizeof *file->lines);
    give_back(file->text, file->bytes);
    file->lines = NULL;
    file->text = NULL;
}

uint64_t keyfile_needed(const char *operation, uint64_t scale) {
    bool twice = strcmp(operation, "miss") == 0 || strcmp(operation, "churn") == 0;
    bool tenth = strcmp(operation, "insert10") == 0;
    return scale + (twice ? scale : tenth ? (scale + 9) / 10 : 0);
}
