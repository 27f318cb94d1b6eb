/* fault.h - how the runner's parts say what went wrong: one line, written for the user.
 *
 * A function that can fail takes a `struct fault *` last and returns false or NULL; the line is
 * then set.  It names what the user can change (a setting, a file, a command), and has no newline.
 */
#ifndef FAULT_H
#define FAULT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

struct fault {
    char line[1024];
};

/* Sets the line, cut to fit, with ? for what would not be shown as it is: a file's text may stand
 * in it.  Always false, so that a caller can write `return fault_set(...)`. */
__attribute__((format(printf, 2, 3))) static inline bool fault_set(struct fault *fault,
                                                                   const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    /* cppcheck-suppress ctuuninitvar ; the line is written here, not read */
    vsnprintf(fault->line, sizeof fault->line, format, arguments);
    va_end(arguments);
    for (char *c = fault->line; *c; c++)
        if ((unsigned char)*c < ' ')
            *c = '?';
    return false;
}

#endif
