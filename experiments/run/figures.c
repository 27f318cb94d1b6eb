/* figures.c - see figures.h. */
#include "figures.h"

#include "need.h"
#include "words.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* No list of a map is longer; a file may ask for more than the memory holds. */
enum { LONGEST = 4096 };

/* Adds a text that is the caller's to free, and frees it. */
static void give(struct words *words, char *text) {
    words_add(words, text);
    free(text);
}

/* The words with `between` between them, without the list. */
static char *joined(struct words *words, const char *between) {
    char *text = words_join(words, between);
    words_free(words);
    return text;
}

char *figure_pack(const char *json) {
    if (!json || *json != '[')
        return need_copy(json);
    struct words numbers = {0}, packed = {0};
    char *inside = need_format("%.*s", (int)strcspn(json + 1, "]"), json + 1);
    words_split(&numbers, inside, ',');
    free(inside);
    for (size_t i = 0, run; i < numbers.count; i += run) {
        for (run = 1;
             i + run < numbers.count && strcmp(numbers.word[i + run], numbers.word[i]) == 0;)
            run++;
        give(&packed,
             run > 1 ? need_format("%s*%zu", numbers.word[i], run) : need_copy(numbers.word[i]));
    }
    words_free(&numbers);
    return joined(&packed, " ");
}

/* The list in JSON; the caller frees it. */
static char *unpacked(const char *packed) {
    struct words runs = {0}, numbers = {0};
    words_split(&runs, packed, ' ');
    for (size_t i = 0; i < runs.count; i++) {
        char *star = strchr(runs.word[i], '*');
        size_t run = star ? strtoul(star + 1, NULL, 10) : 1;
        if (star)
            *star = '\0';
        for (; run > 0 && numbers.count < LONGEST; run--)
            words_add(&numbers, runs.word[i]);
    }
    words_free(&runs);
    char *inside = joined(&numbers, ","), *list = need_format("[%s]", inside);
    free(inside);
    return list;
}

char *figures_json(char *const *names, char *const *packed, size_t count) {
    struct words parts = {0};
    const char *object = ""; /* in which we are: `length` characters */
    size_t length = 0;
    const char *between = "{";
    for (size_t i = 0; i < count; i++) {
        if (!packed[i])
            continue;
        const char *dot = strchr(names[i], '.'), *name = dot ? dot + 1 : names[i];
        size_t its = dot ? (size_t)(dot - names[i]) : 0, end = strcspn(name, "[");
        bool same = its == length && strncmp(names[i], object, its) == 0;
        words_add(&parts, length && !same ? "}" : "");
        words_add(&parts, between);
        if (its && !same)
            give(&parts, need_format("\"%.*s\":{", (int)its, names[i]));
        give(&parts, need_format("\"%.*s\":", (int)end, name));
        give(&parts, name[end] ? unpacked(packed[i]) : need_copy(packed[i]));
        object = names[i];
        length = its;
        between = ",";
    }
    words_add(&parts, parts.count ? "}" : "{}");
    words_add(&parts, length ? "}" : "");
    return joined(&parts, "");
}
