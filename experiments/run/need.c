/* need.c - see need.h. */
#define _DEFAULT_SOURCE 1
#include "need.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *or_exit(void *memory) {
    if (!memory) {
        fputs("out of memory in the runner itself\n", stderr);
        exit(1);
    }
    return memory;
}

void *need_zeroed(size_t count, size_t size) {
    return or_exit(calloc(count ? count : 1, size));
}

void *need_room(void *items, size_t count, size_t size) {
    if ((count & (count - 1)) != 0)
        return items;
    size_t capacity = count ? 2 * count : 1;
    return or_exit(realloc(items, capacity * size));
}

char *need_copy(const char *text) {
    return text ? or_exit(strdup(text)) : NULL;
}

char *need_format(const char *format, ...) {
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *text = need_zeroed((size_t)length + 1, 1);
    vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text;
}
