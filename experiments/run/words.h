/* words.h - short lists of short strings: the comma-separated values of settings, argument vectors,
 * the names in a directory.  A list owns its words; {0} is the empty list. */
#ifndef WORDS_H
#define WORDS_H

#include <stdbool.h>
#include <stddef.h>

struct words {
    char **word; /* NULL after the last one as soon as there is one: fit to be an argv */
    size_t count;
};

/* Appends a copy. */
void words_add(struct words *words, const char *word);

/* Appends what stands between the separators; empty words are kept, so "" gives one. */
void words_split(struct words *words, const char *text, char separator);

/* True if `word` is in the list. */
bool words_have(const struct words *words, const char *word);

/* True if both lists hold the same words in the same order. */
bool words_same(const struct words *a, const struct words *b);

/* The words with `between` between them; the caller frees it. */
char *words_join(const struct words *words, const char *between);

/* The words as a command line for a shell, quoted where they need it; the caller frees it. */
char *words_command(const struct words *words);

/* Appends the names of the directories in `path`, sorted, without hidden ones.  False if it cannot
 * be read. */
bool words_add_directories(struct words *words, const char *path);

/* Puts them in order, byte by byte. */
void words_sort(struct words *words);

/* Frees all words; the list is empty then. */
void words_free(struct words *words);

/* True for what can be called so and be a file's name: 1 to 64 letters, digits, . _ or -, the first
 * of them a letter, a digit or _. */
bool word_is_name(const char *word);

/* True for what a value that a cell reports can be called: 1 to 200 characters that are printed, no
 * blank, comma or quote among them. */
bool word_is_value(const char *word);

/* The part of a path after its last '/', trailing ones aside; the caller frees it. */
char *base_name(const char *path);

/* The text with each path that does not begin here reduced to its last part: where a reader's files
 * lie is nobody's business.  The caller frees it; NULL gives NULL. */
char *text_without_paths(const char *text);

/* The last line of `text` that is not blank, without its newline; the caller frees it. */
char *last_line(const char *text);

#endif
