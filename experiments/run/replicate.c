/* replicate.c - see replicate.h. */
#define _DEFAULT_SOURCE 1
#include "replicate.h"

#include "need.h"

#include <jansson.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static const char *const status_names[REPLICATE_STATUS_COUNT] = {
    [REPLICATE_OK] = "ok",
    [REPLICATE_WRONG] = "wrong",
    [REPLICATE_CRASH] = "crash",
    [REPLICATE_TIMEOUT] = "timeout",
    [REPLICATE_NO_MEMORY] = "nomemory",
    [REPLICATE_MALFORMED] = "malformed",
    [REPLICATE_SKIPPED] = "skipped",
};

const char *replicate_status_name(enum replicate_status status) {
    return status_names[status];
}

enum replicate_status replicate_status_find(const char *name) {
    enum replicate_status status = 0;
    while (status < REPLICATE_STATUS_COUNT && strcmp(status_names[status], name) != 0)
        status++;
    return status;
}

bool replicate_failed(enum replicate_status status) {
    return status != REPLICATE_OK && status != REPLICATE_SKIPPED;
}

struct replicate replicate_without(enum replicate_status status, char *detail) {
    return (struct replicate){.status = status,
                              .detail = detail,
                              .seconds = NAN,
                              .hash_seed = -1,
                              .peak_rss_bytes = -1,
                              .bytes_per_entry = NAN,
                              .rss_per_entry = NAN};
}

/* ---- Lines ---- */

/* One line, as the cell prints it.  Strings and the tree belong to the JSON value. */
struct line {
    const char *op, *pattern, *checksum, *allocator;
    json_int_t scale, seed, hash_seed, sample, ops, repeats;
    double ns_per_op, bytes_per_entry, peak_rss_bytes;
    double rss_per_entry; /* NAN where the process could not tell */
    const json_t *tree, *values, *parameters;
};

/* Those that every cell prints come first; of one that prints values the others may be missing. */
enum { FIELDS_OF_ALL = 6 };
static const struct field {
    const char *name;
    enum { TEXT, WHOLE, NUMBER, NUMBER_OR_NULL, OBJECT } type;
    size_t place; /* in struct line */
} fields[] = {
    {"op", TEXT, offsetof(struct line, op)},
    {"pattern", TEXT, offsetof(struct line, pattern)},
    {"allocator", TEXT, offsetof(struct line, allocator)},
    {"scale", WHOLE, offsetof(struct line, scale)},
    {"seed", WHOLE, offsetof(struct line, seed)},
    {"sample", WHOLE, offsetof(struct line, sample)},
    {"checksum", TEXT, offsetof(struct line, checksum)},
    {"hash_seed", WHOLE, offsetof(struct line, hash_seed)},
    {"ops", WHOLE, offsetof(struct line, ops)},
    {"repeats", WHOLE, offsetof(struct line, repeats)},
    {"ns_per_op", NUMBER, offsetof(struct line, ns_per_op)},
    {"bytes_per_entry", NUMBER, offsetof(struct line, bytes_per_entry)},
    {"peak_rss_bytes", NUMBER, offsetof(struct line, peak_rss_bytes)},
    {"rss_per_entry", NUMBER_OR_NULL, offsetof(struct line, rss_per_entry)},
    {"tree", OBJECT, offsetof(struct line, tree)},
};

static bool read_field(struct line *line, const struct field *field, const json_t *value,
                       struct fault *fault) {
    void *place = (char *)line + field->place;
    if (!value)
        return fault_set(fault, "%s is missing", field->name);
    switch (field->type) {
    case TEXT:
        *(const char **)place = json_string_value(value);
        return json_is_string(value) || fault_set(fault, "%s is not a text", field->name);
    case WHOLE:
        *(json_int_t *)place = json_integer_value(value);
        return (json_is_integer(value) && json_integer_value(value) >= 0) ||
               fault_set(fault, "%s is not a whole number", field->name);
    case NUMBER_OR_NULL:
        if (json_is_null(value)) {
            *(double *)place = NAN;
            return true;
        }
        /* fall through */
    case NUMBER:
        *(double *)place = json_number_value(value);
        return (json_is_number(value) && json_number_value(value) >= 0) ||
               fault_set(fault, "%s is not a number of 0 or more", field->name);
    case OBJECT:
        *(const json_t **)place = value;
        return json_is_object(value) || fault_set(fault, "%s is not an object", field->name);
    }
    return false;
}

/* number: of the sample; from the second on, the tree may be missing. */
static bool read_line(struct line *line, const json_t *json, size_t number, struct fault *fault) {
    *line = (struct line){.hash_seed = -1,
                          .ns_per_op = NAN,
                          .bytes_per_entry = NAN,
                          .rss_per_entry = NAN,
                          .peak_rss_bytes = -1,
                          .values = json_object_get(json, "values"),
                          .parameters = json_object_get(json, "parameters")};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        const json_t *value = json_object_get(json, fields[i].name);
        bool may_miss =
            (line->values && i >= FIELDS_OF_ALL) || (number > 0 && fields[i].type == OBJECT);
        if ((value || !may_miss) && !read_field(line, &fields[i], value, fault))
            return false;
    }
    return isnan(line->ns_per_op) || (line->ops > 0 && line->repeats > 0) ||
           fault_set(fault, "it has done nothing");
}

static void free_values(struct replicate *replicate) {
    for (size_t i = 0; i < replicate->value_count; i++)
        free(replicate->values[i].name);
    free(replicate->values);
    replicate->values = NULL;
    replicate->value_count = 0;
}

/* Takes the values of a line in place of those of the one before it; one that is null is none. */
static bool take_values(struct replicate *replicate, const json_t *values, struct fault *fault) {
    const char *name;
    json_t *value;
    free_values(replicate);
    if (values && !json_is_object(values))
        return fault_set(fault, "values is not an object");
    json_object_foreach ((json_t *)(uintptr_t)values, name, value) {
        if (json_is_null(value))
            continue;
        if (!word_is_value(name) || !json_is_number(value))
            return fault_set(fault, "values: %s is not a number with a name", name);
        replicate->values =
            need_room(replicate->values, replicate->value_count, sizeof *replicate->values);
        replicate->values[replicate->value_count++] =
            (struct value){.name = need_copy(name), .number = json_number_value(value)};
    }
    return true;
}

static bool is_name_of(const char *path, const char *name) {
    char *base = base_name(path);
    bool same = strcmp(base, name) == 0;
    free(base);
    return same;
}

/* Names under which the C library's own malloc goes; what a process says of two libraries that
 * share the work has a comma in it. */
static bool is_system(const char *name) {
    static const char *const begins[] = {"libc.", "libc-", "libsystem"};
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
        if (strncmp(name, begins[i], strlen(begins[i])) == 0)
            return !strchr(name, ',');
    return false;
}

/* Whether the library of this name, which serves the process, is the one that was to be preloaded,
 * or the C library where none was.  The loader only warns when it cannot preload a library, and
 * goes on without it; one that has no malloc is loaded to no effect.  The name may be that of the
 * file to which a link leads. */
static bool serves(const char *library, const char *name) {
    if (!library)
        return is_system(name);
    char *target = realpath(library, NULL);
    bool same = is_name_of(library, name) || (target && is_name_of(target, name));
    free(target);
    return same;
}

/* Does the line say that its process was given these parameters, "name=value name=value"? */
static bool has_parameters(const json_t *said, const char *asked, struct fault *fault) {
    struct words all = {0};
    words_split(&all, asked, ' ');
    bool good = true;
    for (size_t i = 0; good && *asked && i < all.count; i++) {
        size_t length = strcspn(all.word[i], "=");
        char *name = need_format("%.*s", (int)length, all.word[i]);
        const json_t *is = json_object_get(said, name);
        json_int_t number = (json_int_t)strtoll(all.word[i] + length + 1, NULL, 10);
        if (!parameter_is_ours(name) && !(json_is_integer(is) && json_integer_value(is) == number))
            good = fault_set(fault, "%s was asked for, and the process has %s", all.word[i],
                             is ? "another value" : "no such parameter");
        free(name);
    }
    words_free(&all);
    return good;
}

/* Checks that a line speaks of what was asked for. */
static bool check_line(const struct line *line, const struct plan *plan, size_t index,
                       uint64_t trace_seed, size_t number, struct fault *fault) {
    const struct cell *cell = &plan->cells[index];
    const struct group *group = &plan->groups[cell->group];
    const struct {
        const char *name, *said, *asked;
    } names[] = {{"op", line->op, group->op}, {"pattern", line->pattern, group->pattern}};
    const struct {
        const char *name;
        json_int_t said, asked;
    } numbers[] = {{"scale", line->scale, (json_int_t)group->scale},
                   {"seed", line->seed, (json_int_t)trace_seed},
                   {"sample", line->sample, (json_int_t)number}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i].said, names[i].asked) != 0)
            return fault_set(fault, "%s is %s where %s was asked for", names[i].name, names[i].said,
                             names[i].asked);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (numbers[i].said != numbers[i].asked)
            return fault_set(fault, "%s is %lld where %lld was asked for", numbers[i].name,
                             (long long)numbers[i].said, (long long)numbers[i].asked);
    return has_parameters(line->parameters, cell->parameters, fault) &&
           (serves(cell->library, line->allocator) ||
            fault_set(fault, "%s does not serve the process, %s does", cell->allocator_label,
                      line->allocator));
}

/* Checks that a line comes from the program of this identity.  What depends on how a process is
 * started is not of the program: the pool that it was told to take, the allocator that serves. */
static bool check_identity(const json_t *line, json_t *identity, struct fault *fault) {
    const char *name;
    json_t *value;
    json_object_foreach (identity, name, value) {
        const json_t *said = json_object_get(line, name);
        if (strcmp(name, "pool_slots") == 0 || strcmp(name, "allocator") == 0 ||
            json_equal(said, value))
            continue;
        char *is = json_dumps(said, JSON_ENCODE_ANY), *was = json_dumps(value, JSON_ENCODE_ANY);
        fault_set(fault, "%s is %s where the program has said %s of itself", name,
                  is ? is : "missing", was);
        free(is);
        free(was);
        return false;
    }
    return true;
}

/* Adds a line's sample; what describes the process as a whole is taken from the last line. */
static bool add_line(struct replicate *replicate, const struct line *line, struct fault *fault) {
    if (replicate->checksum &&
        (!line->checksum || strcmp(replicate->checksum, line->checksum) != 0))
        return fault_set(fault, "the checksum is %s where the first sample's was %s",
                         line->checksum ? line->checksum : "missing", replicate->checksum);
    if (!isnan(line->ns_per_op)) {
        replicate->samples =
            need_room(replicate->samples, replicate->sample_count, sizeof *replicate->samples);
        replicate->samples[replicate->sample_count++] = (struct sample){
            .ns_per_op = line->ns_per_op, .ops = line->ops, .repeats = line->repeats};
    }
    free(replicate->checksum);
    free(replicate->allocator);
    replicate->checksum = need_copy(line->checksum);
    replicate->allocator = need_copy(line->allocator);
    if (line->tree) {
        free(replicate->tree);
        replicate->tree = json_dumps(line->tree, JSON_COMPACT | JSON_PRESERVE_ORDER);
    }
    replicate->hash_seed = line->hash_seed;
    replicate->peak_rss_bytes = (int64_t)line->peak_rss_bytes;
    replicate->bytes_per_entry = line->bytes_per_entry;
    replicate->rss_per_entry = line->rss_per_entry;
    return take_values(replicate, line->values, fault);
}

/* The next line as JSON, NULL after a fault; *text is then what follows it. */
static json_t *next_line(const char **text, struct fault *fault) {
    json_error_t error;
    size_t length = strcspn(*text, "\n");
    json_t *json = json_loadb(*text, length, JSON_REJECT_DUPLICATES, &error);
    if (!json)
        fault_set(fault, "%s", error.text);
    *text += length + ((*text)[length] == '\n');
    return json;
}

static bool is_ready(const char **text, struct fault *fault) {
    json_t *json = next_line(text, fault);
    bool good = json && (json_is_true(json_object_get(json, "ready")) ||
                         fault_set(fault, "it does not say that it is ready"));
    json_decref(json);
    return good;
}

bool replicate_read(struct replicate *replicate, const char *lines, const struct plan *plan,
                    size_t cell, uint64_t trace_seed, const char *identity, struct fault *fault) {
    json_t *program = json_loads(identity, 0, NULL);
    uint64_t asked = plan->groups[plan->cells[cell].group].samples;
    size_t number = 0;
    struct fault inner;
    bool good = is_ready(&lines, &inner);
    for (; good && *lines; number++) {
        struct line line;
        json_t *json = next_line(&lines, &inner);
        good = json && read_line(&line, json, number, &inner) &&
               check_line(&line, plan, cell, trace_seed, number, &inner) &&
               check_identity(json, program, &inner) && add_line(replicate, &line, &inner);
        json_decref(json);
    }
    json_decref(program);
    if (!good)
        return fault_set(fault, "line %zu of its output: %.800s", number + 1, inner.line);
    return number == asked || fault_set(fault, "%zu samples where %llu were asked for", number,
                                        (unsigned long long)asked);
}

void replicate_free(struct replicate *replicate) {
    free(replicate->detail);
    free(replicate->samples);
    free_values(replicate);
    free(replicate->checksum);
    free(replicate->allocator);
    free(replicate->tree);
    *replicate = (struct replicate){0};
}
