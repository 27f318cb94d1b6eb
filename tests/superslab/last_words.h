/* last_words.h - what a process says that has to be ended by the allocator. */
#ifndef LAST_WORDS_H
#define LAST_WORDS_H

#include <check.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Runs `act` in a process of its own; what it said on standard error.  It must have aborted. */
static const char *last_words(void (*act)(void)) {
    static char text[1000];
    int ends[2], status;
    ck_assert_int_eq(pipe(ends), 0);
    pid_t child = fork();
    if (!child) {
        dup2(ends[1], STDERR_FILENO);
        act();
        _exit(0);
    }
    close(ends[1]);
    size_t length = 0;
    ssize_t got;
    while ((got = read(ends[0], text + length, sizeof text - 1 - length)) > 0)
        length += (size_t)got;
    text[length] = 0;
    close(ends[0]);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_msg(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT, "not aborted: %s", text);
    ck_assert_msg(length && strchr(text, '\n') == text + length - 1, "not one line: %s", text);
    return text;
}

#endif
