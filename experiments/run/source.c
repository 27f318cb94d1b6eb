/* source.c - see source.h. */
#include "source.h"

#include "child.h"
#include "digest.h"
#include "need.h"

#include <stdlib.h>
#include <string.h>

/* What a command prints, empty if it fails; the caller frees it. */
static char *output_of(const char *command) {
    struct words argv = {0};
    words_add(&argv, "/bin/sh");
    words_add(&argv, "-c");
    words_add(&argv, command);
    struct child_end end = {0};
    struct fault fault;
    char *out = NULL;
    if (child_run(&end, &argv, NULL, 600, &fault) && end.how == CHILD_EXITED && end.code == 0)
        out = need_copy(end.out);
    child_end_free(&end);
    words_free(&argv);
    return out ? out : need_copy("");
}

/* Names and contents of the files that `git ls-files` lists with these options. */
#define LISTED(options)                                                                            \
    "files=$(git -c core.quotePath=off ls-files " options " --exclude-standard -- . "              \
    "':(exclude)results'); "                                                                       \
    "[ -z \"$files\" ] || { echo \"$files\"; echo \"$files\" | git hash-object --stdin-paths; }"

struct source source_read(void) {
    struct source source = {0};
    char *commit = output_of("git rev-parse --verify -q HEAD");
    commit[strcspn(commit, "\n")] = '\0';
    snprintf(source.commit, sizeof source.commit, "%s", commit);

    char *changes =
        output_of(commit[0] ? "git diff --binary HEAD -- . ':(exclude)results'; " LISTED("--others")
                            : LISTED("--cached --others"));
    source.dirty = commit[0] == '\0' || changes[0] != '\0';
    if (source.dirty)
        memcpy(source.diff, digest_text(changes).hex, sizeof source.diff);
    free(changes);
    free(commit);
    return source;
}
