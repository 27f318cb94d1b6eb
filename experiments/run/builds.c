/* builds.c - see builds.h. */
#include "builds.h"

#include "ask.h"
#include "copies.h"
#include "need.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static const double identity_timeout = 60; /* seconds */

/* The path of the program that make makes. */
static char *made(const struct recipe *recipe, const char *make, struct fault *fault) {
    char *settings[] = {need_format("VARIANT=%s", recipe->variant),
                        need_format("HASH=%s", recipe->hash), need_format("KEY=%s", recipe->key),
                        NULL};
    char *path = ask_make(make, (const char *const *)settings, "cell", fault);
    for (size_t i = 0; settings[i]; i++)
        free(settings[i]);
    struct fault said = *fault;
    if (!path && said.line[0] && !strstr(said.line, recipe->variant))
        fault_set(fault, "VARIANTS=%s: it cannot be built: %.800s", recipe->variant, said.line);
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
    build->cflags = text_without_paths(cflags);
    build->identity = json_dumps(json, JSON_COMPACT | JSON_PRESERVE_ORDER);
    const json_t *slots = json_object_get(json, "pool_slots");
    build->pool_slots = json_is_integer(slots) ? json_integer_value(slots) : -1;
    json_decref(json);
    return true;
}

bool build_make(struct build *build, const struct recipe *recipe, const char *make,
                struct fault *fault) {
    struct digest binary;
    char *path = made(recipe, make, fault);
    *build = (struct build){.path = path ? copy_make(path, "cell", &binary, fault) : NULL};
    free(path);
    if (!build->path)
        return false;
    struct words argv = {0};
    words_add(&argv, build->path);
    words_add(&argv, "--identity");
    char *said = ask_output(&argv, identity_timeout, fault);
    words_free(&argv);
    bool good = said && read_identity(build, said, fault);
    free(said);
    if (!good) {
        build_free(build);
        return false;
    }
    build->binary = need_copy(binary.hex);
    char *told = text_without_paths(build->identity);
    char *all = need_format("%s|%s|%s|%s|%s", recipe->label, recipe->hash, recipe->key, told,
                            build->binary);
    free(told);
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
