/* builds.c - see builds.h. */
#include "builds.h"

#include "child.h"
#include "digest.h"
#include "need.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static const double make_timeout = 3600; /* seconds */
static const double identity_timeout = 60;

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

/* Runs `argv`; its stdout, which the caller frees, or NULL. */
static char *output_of(const struct words *argv, double timeout, struct fault *fault) {
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

/* The path of the program that make makes. */
static char *made(const struct recipe *recipe, const char *make, struct fault *fault) {
    char *settings[] = {need_format("VARIANT=%s", recipe->variant),
                        need_format("HASH=%s", recipe->hash), need_format("KEY=%s", recipe->key)};
    struct words argv = {0};
    words_add(&argv, make);
    words_add(&argv, "-s");
    words_add(&argv, "--no-print-directory");
    for (size_t i = 0; i < 3; i++) {
        words_add(&argv, settings[i]);
        free(settings[i]);
    }
    words_add(&argv, "cell");
    char *out = output_of(&argv, make_timeout, fault);
    words_free(&argv);
    if (!out) {
        struct fault said = *fault;
        if (said.line[0] && !strstr(said.line, recipe->variant))
            fault_set(fault, "VARIANTS=%s: it cannot be built: %.800s", recipe->variant, said.line);
        return NULL;
    }

    char *path = last_line(out);
    free(out);
    if (path[0] == '\0') {
        fault_set(fault, "VARIANTS=%s: %s has not told the path of the program", recipe->variant,
                  make);
        free(path);
        return NULL;
    }
    if (!strchr(path, '/')) {
        char *here = need_format("./%s", path);
        free(path);
        path = here;
    }
    return path;
}

static bool read_identity(struct build *build, const char *said, struct fault *fault) {
    json_error_t error;
    json_t *json = json_loads(said, 0, &error);
    const char *composition, *compiler, *cflags;
    if (!json || json_unpack_ex(json, &error, 0, "{s:s, s:s, s:s}", "composition", &composition,
                                "compiler", &compiler, "cflags", &cflags) != 0) {
        json_decref(json);
        return fault_set(fault, "%s --identity: %s", build->path, error.text);
    }
    build->composition = need_copy(composition);
    build->compiler = need_copy(compiler);
    build->cflags = need_copy(cflags);
    build->identity = json_dumps(json, JSON_COMPACT | JSON_PRESERVE_ORDER);
    const json_t *slots = json_object_get(json, "pool_slots");
    build->pool_slots = json_is_integer(slots) ? json_integer_value(slots) : -1;
    json_decref(json);
    return true;
}

bool build_make(struct build *build, const struct recipe *recipe, const char *make,
                struct fault *fault) {
    *build = (struct build){.path = made(recipe, make, fault)};
    if (!build->path)
        return false;
    struct words argv = {0};
    words_add(&argv, build->path);
    words_add(&argv, "--identity");
    char *said = output_of(&argv, identity_timeout, fault);
    words_free(&argv);
    bool good = said && read_identity(build, said, fault);
    free(said);
    if (!good) {
        build_free(build);
        return false;
    }
    build->binary = need_copy(digest_file(build->path).hex);
    char *all = need_format("%s|%s|%s|%s|%s", recipe->label, recipe->hash, recipe->key,
                            build->identity, build->binary);
    build->id = need_format("%.16s", digest_text(all).hex);
    free(all);
    return true;
}

void build_free(struct build *build) {
    free(build->path);
    free(build->id);
    free(build->composition);
    free(build->compiler);
    free(build->cflags);
    free(build->identity);
    free(build->binary);
    *build = (struct build){0};
}
