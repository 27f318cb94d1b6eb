/* ask.c - see ask.h. */
#include "ask.h"

#include "child.h"
#include "need.h"

#include <stdlib.h>
#include <string.h>

static const double make_timeout = 3600; /* seconds */

/* What a failing make said: its last line, but not the "make: *** [Makefile:7: cell] Error 1" with
 * which it only passes on that a command has failed, and without the "Makefile:7: *** " and
 * ".  Stop." around a complaint of its own.  The caller frees it. */
static char *complaint(const struct child_end *end) {
    struct words lines = {0};
    words_split(&lines, end->err, '\n');
    const char *said = NULL;
    for (size_t i = 0; i < lines.count; i++)
        if (lines.word[i][0] &&
            !(strncmp(lines.word[i], "make", 4) == 0 && strstr(lines.word[i], "*** [")))
            said = lines.word[i];
    char *text = said ? NULL : child_end_text(end);
    if (said) {
        const char *stars = strstr(said, ": *** ");
        said = stars ? stars + strlen(": *** ") : said;
        const char *stop = strstr(said, ".  Stop.");
        text = need_format("%.*s", (int)(stop ? (size_t)(stop - said) : strlen(said)), said);
    }
    words_free(&lines);
    return text;
}

char *ask_output(const struct words *argv, double timeout, struct fault *fault) {
    struct child_end end = {0};
    char *out = NULL;
    fault->line[0] = '\0';
    if (!child_run(&end, argv, NULL, timeout, fault))
        return NULL;
    if (end.how == CHILD_EXITED && end.code == 0) {
        out = need_copy(end.out);
    } else if (end.how != CHILD_INTERRUPTED) {
        char *said = complaint(&end);
        fault_set(fault, "%s", said);
        free(said);
    }
    child_end_free(&end);
    return out;
}

char *ask_make(const char *make, const char *const *settings, const char *target,
               struct fault *fault) {
    struct words argv = {0};
    words_add(&argv, make);
    words_add(&argv, "-s");
    words_add(&argv, "--no-print-directory");
    for (; *settings; settings++)
        words_add(&argv, *settings);
    words_add(&argv, target);
    char *out = ask_output(&argv, make_timeout, fault);
    words_free(&argv);
    if (!out)
        return NULL;

    char *path = last_line(out);
    free(out);
    if (path[0] == '\0')
        fault_set(fault, "%s has told no path for %s", make, target);
    else if (strchr(path, '/'))
        return path;
    char *here = path[0] ? need_format("./%s", path) : NULL;
    free(path);
    return here;
}
