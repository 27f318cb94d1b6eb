/* settings.c - see settings.h.  Nothing here allocates: this runs inside the first malloc. */
#include "settings.h"

#include "say.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct settings settings = {.superslab = true,
                            .backend = BACKEND_BOTH,
                            .batch = BATCH_DEFAULT,
                            .refill = REFILL_DEFAULT,
                            .area_bytes = 2 << 20,
                            .page_bytes = 4096};

extern char **environ;

/* Before the C library is set up, environ is empty; the kernel's copy is there.  It is read into
 * this, as far as it fits. */
static char early_environment[32768];

static const char *early_value(const char *name) {
    static bool read_already;
    if (!read_already) {
        read_already = true;
        int file = open("/proc/self/environ", O_RDONLY | O_CLOEXEC);
        if (file < 0)
            return NULL;
        size_t length = 0;
        ssize_t got;
        while ((got = read(file, early_environment + length,
                           sizeof early_environment - 1 - length)) > 0)
            length += (size_t)got;
        close(file);
    }
    size_t name_length = strlen(name);
    for (const char *at = early_environment; *at; at += strlen(at) + 1)
        if (!strncmp(at, name, name_length) && at[name_length] == '=')
            return at + name_length + 1;
    return NULL;
}

static const char *value_of(const char *name) {
    const char *value = environ ? getenv(name) : early_value(name);
    return value && *value ? value : NULL;
}

static void complain(const char *name, const char *value, const char *wanted) {
    say("%s=%s: not %s; the default holds", name, value, wanted);
}

/* A number without sign, of decimal digits alone, up to `most`.  Moves *text behind it. */
static bool number(const char **text, unsigned long most, unsigned long *result) {
    const char *at = *text;
    unsigned long sum = 0;
    for (; *at >= '0' && *at <= '9'; at++) {
        sum = 10 * sum + (unsigned long)(*at - '0');
        if (sum > most)
            return false;
    }
    if (at == *text)
        return false;
    *text = at;
    *result = sum;
    return true;
}

/* The place of name's value among the words; `otherwise` if it is not set or none of them. */
static unsigned one_of(const char *name, const char *const words[], unsigned count,
                       unsigned otherwise, const char *wanted) {
    const char *value = value_of(name);
    if (!value)
        return otherwise;
    for (unsigned i = 0; i < count; i++)
        if (!strcmp(value, words[i]))
            return i;
    complain(name, value, wanted);
    return otherwise;
}

static unsigned long number_in(const char *name, unsigned long least, unsigned long most,
                               unsigned long otherwise, const char *wanted) {
    const char *value = value_of(name), *end = value;
    unsigned long result;
    if (!value)
        return otherwise;
    if (number(&end, most, &result) && !*end && result >= least)
        return result;
    complain(name, value, wanted);
    return otherwise;
}

static bool parse_prewarm(const char *at, unsigned counts[SEED_CLASSES]) {
    for (;; at++) {
        unsigned long class, count;
        if (!number(&at, SEED_CLASSES - 1, &class) || *at++ != ':' || !number(&at, 1024, &count))
            return false;
        counts[class] = (unsigned)count;
        if (!*at)
            return true;
        if (*at != ',')
            return false;
    }
}

void settings_load(void) {
    static const char *const off_on[] = {"0", "1"}, *const sizes[] = {"512K", "1M", "2M"},
                             *const ways[] = {"mask", "hash", "linear"},
                             *const backends[] = {"legacy", "both", "pool"};
    long page = sysconf(_SC_PAGESIZE);
    if (page > 0)
        settings.page_bytes = (size_t)page;
    settings.superslab = one_of("SUPERSLAB", off_on, 2, 1, "0 or 1");
    settings.stats = one_of("SUPERSLAB_STATS", off_on, 2, 0, "0 or 1");
    settings.area_bytes = (512 << 10) << one_of("SUPERSLAB_SIZE", sizes, 3, 2, "512K, 1M or 2M");
    settings.lookup = one_of("SUPERSLAB_LOOKUP", ways, 3, LOOKUP_MASK, "mask, hash or linear");
    settings.backend =
        one_of("SUPERSLAB_BACKEND", backends, 3, BACKEND_BOTH, "legacy, both or pool");
    settings.batch =
        (unsigned)number_in("SUPERSLAB_BATCH", 1, BATCH_MAX, BATCH_DEFAULT, "1 to 512");
    settings.refill =
        (unsigned)number_in("SUPERSLAB_REFILL", 1, BATCH_MAX, REFILL_DEFAULT, "1 to 512");
    settings.pool_cap = number_in("SUPERSLAB_POOL_CAP", 0, 1000000000, 0, "a number of SuperSlabs");
    const char *prewarm = value_of("SUPERSLAB_PREWARM");
    unsigned counts[SEED_CLASSES] = {0};
    if (prewarm) {
        if (parse_prewarm(prewarm, counts))
            memcpy(settings.prewarm, counts, sizeof counts);
        else
            complain("SUPERSLAB_PREWARM", prewarm, "class:count[,class:count], classes 0 to 7");
    }
}
