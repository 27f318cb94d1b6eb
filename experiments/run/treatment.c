/* treatment.c - see treatment.h. */
#include "treatment.h"

#include "need.h"

#include <stdlib.h>
#include <string.h>

/* ---- The hash ---- */

/* What each hash of common/hash makes, under seed 0, of the integer 0x0123456789abcdef and of the
 * bytes of "hamtlab". */
static const struct {
    const char *name, *of_integer, *of_bytes;
} hashes[] = {
    {"constant", "0000000000000000", "0000000000000000"},
    {"fnv1a", "37eb3f3347761c55", "6018df488d609fea"},
    {"identity", "0123456789abcdef", "0062616c746d6168"},
    {"murmur3", "995bb6c03277035a", "87e1d3caeb3a831a"},
    {"siphash", "8662046e52264db8", "cfc92b28d98bac51"},
    {"weak", "00000000000000a6", "00000000000000ec"},
    {"wyhash", "e380715ba212b774", "9230a02fd904a1de"},
    {"xxh3", "b78df414284277a6", "b525c4bbae4d82ec"},
    {"xxh3_alone", "b78df414284277a6", "b525c4bbae4d82ec"},
};

static const char *told(const struct build *build, const char *name) {
    const json_t *identity = json_object_get(build->description, "identity");
    return json_string_value(json_object_get(identity, name));
}

bool treatment_hash(const struct build *build, struct fault *fault) {
    const char *made = told(build, "hash_of_known");
    for (size_t i = 0; made && build->hash && i < sizeof hashes / sizeof *hashes; i++) {
        bool integer = build->key && strcmp(build->key, "u64") == 0;
        const char *known = integer ? hashes[i].of_integer : hashes[i].of_bytes;
        if (strcmp(build->hash, hashes[i].name) == 0 && strcmp(made, known) != 0)
            return fault_set(fault,
                             "HASH=%s: %s hashes with another one, which makes %s of the known "
                             "key where %s makes %s",
                             build->hash, build->path, made, build->hash, known);
    }
    return true;
}

/* ---- Competitors ---- */

/* All that a cell's processes are, whatever they are called; the caller frees it.  A program that
 * tells nothing of its code is known by all its bytes; so is an allocator's library, the directory
 * of whose copy is called by their digest (copies.h). */
static char *treatment_of(const struct build *build, const struct cell *cell) {
    const char *code = told(build, "code");
    const char *library = cell->library ? cell->library : "";
    const char *name = strrchr(library, '/');
    char *parameters = build_parameters(build, cell->parameters);
    char *text = need_format("%s|%s|%s|%.*s|%s", build->program, code ? code : build->binary,
                             cell->variables ? cell->variables : "",
                             (int)(name ? name - library : 0), library, parameters);
    free(parameters);
    return text;
}

static bool complain(const struct plan *plan, size_t one, size_t other, struct fault *fault) {
    char *a = plan_cell_text(plan, one), *b = plan_cell_text(plan, other);
    fault_set(fault,
              "%s and %s: these are the same machine code, allocator and settings, so there is "
              "nothing to compare; SAME=allowed measures them nevertheless",
              a, b);
    free(a);
    free(b);
    return false;
}

static bool group_differs(const struct plan *plan, const struct group *group, char **treatments,
                          struct fault *fault) {
    for (size_t i = 0; i < group->cell_count; i++)
        for (size_t j = i + 1; j < group->cell_count; j++) {
            size_t one = group->cells[i], other = group->cells[j];
            if (!(plan->cells[one].same_allowed && plan->cells[other].same_allowed) &&
                strcmp(treatments[one], treatments[other]) == 0)
                return complain(plan, one, other, fault);
        }
    return true;
}

bool treatments_differ(const struct plan *plan, const struct build *builds, struct fault *fault) {
    char **treatments = need_zeroed(plan->cell_count, sizeof *treatments);
    for (size_t i = 0; i < plan->cell_count; i++)
        treatments[i] = treatment_of(&builds[plan->cells[i].recipe], &plan->cells[i]);
    bool good = true;
    for (size_t i = 0; good && i < plan->group_count; i++)
        good = group_differs(plan, &plan->groups[i], treatments, fault);
    for (size_t i = 0; i < plan->cell_count; i++)
        free(treatments[i]);
    free(treatments);
    return good;
}
