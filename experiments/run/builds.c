/* builds.c - see builds.h. */
#include "builds.h"

#include "ask.h"
#include "copies.h"
#include "need.h"
#include "treatment.h"

#include <stdlib.h>
#include <string.h>

static const double describe_timeout = 60; /* seconds */

void build_settings(struct words *settings, const struct recipe *recipe) {
    bool map = strcmp(recipe->cell, MAP_PROGRAM) == 0;
    char *texts[] = {need_format("VARIANT=%s", recipe->variant),
                     need_format("HASH=%s", recipe->hash), need_format("KEY=%s", recipe->key),
                     map ? NULL : need_format("CELL=%s", recipe->cell)};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        bool has_variants = map || strcmp(recipe->variant, recipe->cell) != 0;
        if (texts[i] && (i > 0 || has_variants))
            words_add(settings, texts[i]);
        free(texts[i]);
    }
}

/* The path of the program that make makes. */
static char *made(const struct recipe *recipe, const char *make, struct fault *fault) {
    struct words settings = {0};
    build_settings(&settings, recipe);
    char *path = ask_make(make, (const char *const *)settings.word, "cell", fault);
    words_free(&settings);
    struct fault said = *fault;
    if (!path && said.line[0] && !strstr(said.line, recipe->variant))
        fault_set(fault, "VARIANTS=%s: it cannot be built: %.800s", recipe->variant, said.line);
    return path;
}

/* Takes apart what a program says of itself:
 *
 *     {"program": "map",
 *      "identity": {"composition": ..., "hash": ..., "key": ..., "compiler": ..., "cflags": ...},
 *      "operations": ["put", ...], "patterns": ["random", ...],
 *      "parameters": {"pool_slots": {"low": 0, "high": 1000000000, "default": 65536}, ...}} */
static bool read_description(struct build *build, const char *said, struct fault *fault) {
    json_error_t error;
    json_t *json = json_loads(said, JSON_REJECT_DUPLICATES, &error), *identity, *lists[3];
    const char *program, *compiler, *cflags, *composition = NULL, *hash = NULL, *key = NULL;
    build->description = json;
    if (!json ||
        json_unpack_ex(json, &error, 0, "{s:s, s:o, s:o, s:o, s:o}", "program", &program,
                       "identity", &identity, "operations", &lists[0], "patterns", &lists[1],
                       "parameters", &lists[2]) != 0 ||
        json_unpack_ex(identity, &error, 0, "{s:s, s:s, s?s, s?s, s?s}", "compiler", &compiler,
                       "cflags", &cflags, "composition", &composition, "hash", &hash, "key",
                       &key) != 0)
        return fault_set(fault, "%s --describe: %s", build->path, error.text);
    build->program = need_copy(program);
    build->composition = need_copy(composition);
    build->hash = need_copy(hash);
    build->key = need_copy(key);
    build->compiler = need_copy(compiler);
    build->cflags = text_without_paths(cflags);
    build->identity = json_dumps(identity, JSON_COMPACT | JSON_PRESERVE_ORDER);
    return true;
}

/* Is it what was asked for? */
static bool is_of(const struct build *build, const struct recipe *recipe, struct fault *fault) {
    const char *const said[] = {build->hash, build->key};
    const char *const asked[] = {recipe->hash, recipe->key};
    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        if (said[i] && strcmp(said[i], asked[i]) != 0)
            return fault_set(fault, "%s --describe: it is for %s where %s was asked for",
                             build->path, said[i], asked[i]);
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
    words_add(&argv, "--describe");
    char *said = ask_output(&argv, describe_timeout, fault);
    words_free(&argv);
    bool good = said && read_description(build, said, fault) && is_of(build, recipe, fault) &&
                treatment_hash(build, fault);
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

/* ---- What it can do ---- */

/* The names in a list, or of the members of an object, with commas between; the caller frees it. */
static char *names_in(const json_t *json) {
    struct words names = {0};
    size_t i;
    const char *name;
    json_t *value;
    json_array_foreach (json, i, value)
        words_add(&names, json_is_string(value) ? json_string_value(value) : "?");
    if (json_is_object(json))
        json_object_foreach ((json_t *)(uintptr_t)json, name, value)
            words_add(&names, name);
    char *text = names.count ? words_join(&names, ", ") : need_copy("none");
    words_free(&names);
    return text;
}

static bool has(const struct build *build, const char *setting, const char *name, const char *list,
                const char *what, struct fault *fault) {
    const json_t *known = json_object_get(build->description, list);
    size_t i;
    json_t *value;
    json_array_foreach (known, i, value)
        if (json_is_string(value) && strcmp(json_string_value(value), name) == 0)
            return true;
    char *all = names_in(known);
    fault_set(fault, "%s=%s: not %s of the cell %s; one of: %s", setting, name, what,
              build->program, all);
    free(all);
    return false;
}

/* A parameter, "name=value": one that it has, in the range it has. */
static bool takes(const struct build *build, const char *parameter, struct fault *fault) {
    const json_t *known = json_object_get(build->description, "parameters");
    char *name = need_format("%.*s", (int)strcspn(parameter, "="), parameter);
    const json_t *range = json_object_get(known, name);
    const char *value = parameter + strlen(name) + 1;
    uint64_t low = (uint64_t)json_integer_value(json_object_get(range, "low")), number;
    uint64_t high = (uint64_t)json_integer_value(json_object_get(range, "high"));
    bool good = true;
    if (!range) {
        char *all = names_in(known);
        good = parameter_is_ours(name) ||
               fault_set(fault, "%s: not a parameter of the cell %s; one of: %s", parameter,
                         build->program, all);
        free(all);
    } else if (strspn(value, "0123456789") != strlen(value) ||
               !number_read(value, low, high, &number)) {
        good = fault_set(fault, "%s: must be a whole number from %llu to %llu", parameter,
                         (unsigned long long)low, (unsigned long long)high);
    }
    free(name);
    return good;
}

static bool can(const struct build *build, const struct plan *plan, const struct cell *cell,
                struct fault *fault) {
    const struct group *group = &plan->groups[cell->group];
    struct words parameters = {0};
    words_split(&parameters, cell->parameters, ' ');
    bool good = has(build, setting_name(SET_OPS), group->op, "operations", "an operation", fault) &&
                has(build, setting_name(SET_PATTERNS), group->keys_file ? "file" : group->pattern,
                    "patterns", "a pattern", fault);
    for (size_t i = 0; good && cell->parameters[0] && i < parameters.count; i++)
        good = takes(build, parameters.word[i], fault);
    words_free(&parameters);
    return good &&
           (group->turns != TURNS_WARM ||
            json_is_true(json_object_get(build->description, "warm")) ||
            fault_set(fault, "TURNS=warm: the cell %s knows no untimed pass; cold needs none",
                      build->program));
}

bool builds_can(const struct build *builds, const struct plan *plan, struct fault *fault) {
    for (size_t i = 0; i < plan->cell_count; i++)
        if (!can(&builds[plan->cells[i].recipe], plan, &plan->cells[i], fault))
            return false;
    return true;
}

bool build_is_map(const struct build *build) {
    return strcmp(build->program, MAP_PROGRAM) == 0;
}

char *build_parameters(const struct build *build, const char *asked) {
    struct words all = {0};
    if (asked[0])
        words_split(&all, asked, ' ');
    const size_t given = all.count;
    const char *name;
    json_t *range;
    json_object_foreach (json_object_get(build->description, "parameters"), name, range) {
        const json_t *value = json_object_get(range, "default");
        bool has_it = !json_is_integer(value);
        for (size_t i = 0; i < given; i++)
            has_it = has_it || (strcspn(all.word[i], "=") == strlen(name) &&
                                strncmp(all.word[i], name, strlen(name)) == 0);
        if (has_it)
            continue;
        char *parameter = need_format("%s=%lld", name, (long long)json_integer_value(value));
        words_add(&all, parameter);
        free(parameter);
    }
    words_sort(&all);
    char *text = words_join(&all, " ");
    words_free(&all);
    return text;
}

void build_free(struct build *build) {
    free(build->path);
    free(build->id);
    free(build->program);
    free(build->composition);
    free(build->hash);
    free(build->key);
    free(build->compiler);
    free(build->cflags);
    free(build->identity);
    free(build->binary);
    json_decref(build->description);
    *build = (struct build){0};
}
