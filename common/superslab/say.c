/* say.c - see say.h.  Not printf, which may allocate. */
#include "say.h"

#include "common.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct line {
    char text[400];
    size_t length;
};

static void add(struct line *line, const char *text, size_t length) {
    size_t room = sizeof line->text - 1 - line->length; /* one is left for the line's end */
    if (length > room)
        length = room;
    memcpy(line->text + line->length, text, length);
    line->length += length;
}

static void add_number(struct line *line, uintptr_t number, unsigned base) {
    char digits[24], *at = digits + sizeof digits;
    do
        *--at = "0123456789abcdef"[number % base];
    while (number /= base);
    add(line, at, (size_t)(digits + sizeof digits - at));
}

static void write_line(int file, const char *format, va_list values) {
    struct line line = {.length = 0};
    add(&line, "superslab: ", 11);
    for (const char *at = format; *at; at++) {
        if (*at != '%') {
            add(&line, at, 1);
        } else if (*++at == 's') {
            const char *text = va_arg(values, const char *);
            add(&line, text, strlen(text));
        } else if (*at == 'p') {
            add(&line, "0x", 2);
            add_number(&line, (uintptr_t)va_arg(values, void *), 16);
        } else { /* %lu */
            at++;
            add_number(&line, va_arg(values, unsigned long), 10);
        }
    }
    line.text[line.length++] = '\n';
    /* Nobody is left to tell when standard error fails. */
    ssize_t written = write(file, line.text, line.length);
    (void)written;
}

void say(const char *format, ...) {
    va_list values;
    va_start(values, format);
    write_line(STDERR_FILENO, format, values);
    va_end(values);
}

void say_to(int file, const char *format, ...) {
    va_list values;
    va_start(values, format);
    write_line(file, format, values);
    va_end(values);
}

_Noreturn void die(const char *format, ...) {
    va_list values;
    va_start(values, format);
    write_line(STDERR_FILENO, format, values);
    va_end(values);
    abort();
}

void die_not_in_use(const char *function, const void *block) {
    die("%s(%p): not a block in use; freed before?", function, (void *)(uintptr_t)block);
}
