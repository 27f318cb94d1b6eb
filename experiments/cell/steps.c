/* steps.c - see steps.h. */
#define _DEFAULT_SOURCE 1
#include "steps.h"

#include "exits.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void steps_ready(void) {
    static const char line[] = "{\"ready\":true}\n";
    for (size_t done = 0; done < sizeof line - 1;) {
        ssize_t written = write(STDOUT_FILENO, line + done, sizeof line - 1 - done);
        if (written < 0 && errno != EINTR)
            return; /* nobody reads: what is printed later fails as well */
        done += written > 0 ? (size_t)written : 0;
    }
}

/* The next byte of stdin; -1 where it ends. */
static int next_byte(void) {
    static char bytes[4096];
    static size_t at, end;
    while (at == end) {
        ssize_t got = read(STDIN_FILENO, bytes, sizeof bytes);
        if (got == 0 || (got < 0 && errno != EINTR))
            return -1;
        at = 0;
        end = got > 0 ? (size_t)got : 0;
    }
    return (unsigned char)bytes[at++];
}

_Noreturn static void refuse(const char *program, const char *line, const char *wanted) {
    fprintf(stderr, "%s: %s: wanted %s\n", program, line, wanted);
    exit(EXIT_USAGE);
}

enum told steps_told(const char *program) {
    char line[8];
    size_t length = 0;
    int byte;
    while ((byte = next_byte()) >= 0 && byte != '\n')
        if (length < sizeof line - 1)
            line[length++] = (char)byte;
    line[length] = '\0';
    if (strcmp(line, "go") == 0)
        return TOLD_GO;
    if (strcmp(line, "warm") == 0)
        return TOLD_WARM;
    if ((byte < 0 && length == 0) || strcmp(line, "end") == 0)
        return TOLD_END;
    refuse(program, line, "go, warm or end");
}

bool steps_go(const char *program) {
    enum told told = steps_told(program);
    if (told == TOLD_WARM)
        refuse(program, "warm", "go or end");
    return told == TOLD_GO;
}
