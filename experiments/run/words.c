/* words.c - see words.h. */
#define _DEFAULT_SOURCE 1
#include "words.h"

#include "need.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Appends `word` itself, which the list owns from now on. */
static void take(struct words *words, char *word) {
    /* One item more than there are words: the NULL at the end. */
    if (!words->word)
        words->word = need_room(NULL, 0, sizeof *words->word);
    words->word = need_room(words->word, words->count + 1, sizeof *words->word);
    words->word[words->count++] = word;
    words->word[words->count] = NULL;
}

void words_add(struct words *words, const char *word) {
    take(words, need_copy(word));
}

void words_split(struct words *words, const char *text, char separator) {
    for (;;) {
        const char *end = strchr(text, separator);
        size_t length = end ? (size_t)(end - text) : strlen(text);
        take(words, need_format("%.*s", (int)length, text));
        if (!end)
            return;
        text = end + 1;
    }
}

bool words_have(const struct words *words, const char *word) {
    for (size_t i = 0; i < words->count; i++)
        if (strcmp(words->word[i], word) == 0)
            return true;
    return false;
}

bool words_same(const struct words *a, const struct words *b) {
    bool same = a->count == b->count;
    for (size_t i = 0; same && i < a->count; i++)
        same = strcmp(a->word[i], b->word[i]) == 0;
    return same;
}

char *words_join(const struct words *words, const char *between) {
    char *text = need_copy("");
    for (size_t i = 0; i < words->count; i++) {
        char *longer = need_format("%s%s%s", text, i ? between : "", words->word[i]);
        free(text);
        text = longer;
    }
    return text;
}

static char *quoted(const char *word) {
    const char *plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+-/=:,@%";
    if (word[0] != '\0' && strspn(word, plain) == strlen(word))
        return need_copy(word);
    struct words pieces = {0};
    words_split(&pieces, word, '\'');
    char *inside = words_join(&pieces, "'\\''");
    words_free(&pieces);
    char *result = need_format("'%s'", inside);
    free(inside);
    return result;
}

char *words_command(const struct words *words) {
    struct words all = {0};
    for (size_t i = 0; i < words->count; i++)
        take(&all, quoted(words->word[i]));
    char *command = words_join(&all, " ");
    words_free(&all);
    return command;
}

static int by_name(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

bool words_add_directories(struct words *words, const char *path) {
    DIR *directory = opendir(path);
    if (!directory)
        return false;
    size_t first = words->count;
    for (struct dirent *entry; (entry = readdir(directory));) {
        char *place = need_format("%s/%s", path, entry->d_name);
        struct stat status;
        if (entry->d_name[0] != '.' && stat(place, &status) == 0 && S_ISDIR(status.st_mode))
            words_add(words, entry->d_name);
        free(place);
    }
    closedir(directory);
    if (words->count > first)
        qsort(words->word + first, words->count - first, sizeof *words->word, by_name);
    return true;
}

void words_sort(struct words *words) {
    if (words->count > 0)
        qsort(words->word, words->count, sizeof *words->word, by_name);
}

void words_free(struct words *words) {
    for (size_t i = 0; i < words->count; i++)
        free(words->word[i]);
    free(words->word);
    *words = (struct words){0};
}

bool word_is_name(const char *word) {
    const char *usable = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    size_t length = strlen(word);
    return length >= 1 && length <= 64 && strspn(word, usable) == length && word[0] != '.' &&
           word[0] != '-';
}

bool word_is_value(const char *word) {
    size_t length = strlen(word);
    for (const char *c = word; *c; c++)
        if (*c < '!' || *c > '~' || strchr(",\"'", *c))
            return false;
    return length >= 1 && length <= 200;
}

char *base_name(const char *path) {
    size_t end = strlen(path);
    while (end > 1 && path[end - 1] == '/')
        end--;
    size_t start = end;
    while (start > 0 && path[start - 1] != '/')
        start--;
    return need_format("%.*s", (int)(end - start), path + start);
}

/* How much of the text is what stands before a path in one word with it: -I/usr/include. */
static size_t before_path(const char *text) {
    static const char *const options[] = {"-isystem", "-iquote", "-idirafter", "-I", "-L", "-B"};
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (strncmp(text, options[i], strlen(options[i])) == 0)
            return strlen(options[i]);
    return 0;
}

char *text_without_paths(const char *text) {
    static const char between[] = " \t\n\"'`=,:;()[]<>";
    char *result = need_copy(text), *to = result;
    while (text && *text) {
        size_t option = before_path(text), length = strcspn(text + option, between) + option;
        memmove(to, text, option);
        to += option;
        const char *path = text + option, *end = text + length;
        if (*path == '/') {
            while (end > path + 1 && end[-1] == '/')
                end--;
            for (const char *at = path; at < end; at++)
                path = *at == '/' ? at + 1 : path;
        }
        memmove(to, path, (size_t)(end - path));
        to += end - path;
        text += length;
        if (*text)
            *to++ = *text++;
    }
    if (result)
        *to = '\0';
    return result;
}

char *last_line(const char *text) {
    size_t end = strlen(text);
    while (end > 0 && strchr("\n\r\t ", text[end - 1]))
        end--;
    size_t start = end;
    while (start > 0 && text[start - 1] != '\n')
        start--;
    return need_format("%.*s", (int)(end - start), text + start);
}
