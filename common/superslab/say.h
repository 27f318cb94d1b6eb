/* say.h - one line on standard error, without a block of memory. */
#ifndef SUPERSLAB_SAY_H
#define SUPERSLAB_SAY_H

/* Writes "superslab: ", the text and a line's end in one call of write.  Longer lines are cut at
 * 400 bytes.  The text's conversions are %s, %p and %lu alone. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
void say_to(int file, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* say, then abort. */
_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The function was called with a block that is not in use: freed twice, most of the time. */
_Noreturn void die_not_in_use(const char *function, const void *block);

#endif
