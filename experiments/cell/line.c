/* line.c - see line.h. */
#include "line.h"

#include "compiler.h"
#include "process.h"

/* The build tells CELL_FLAGS, or, of a program that is built for a map, writes identity.h, with
 * that and CELL_VARIANT, CELL_COMPOSITION, CELL_HASH and CELL_KEY, and code.h, with CELL_CODE:
 * strings. */
#ifndef CELL_FLAGS
#include "code.h"
#include "hash.h"
#include "identity.h"
#endif

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name, *text;
} identity[] = {
#ifdef CELL_VARIANT
    {"variant", CELL_VARIANT},   {"composition", CELL_COMPOSITION},
    {"hash", CELL_HASH},         {"key", CELL_KEY},
    {"code", CELL_CODE},
#endif
    {"compiler", CELL_COMPILER}, {"cflags", CELL_FLAGS}};

#ifdef CELL_VARIANT
/* What the hash makes of a key that is always the same, under seed 0: experiments/run/treatment.c
 * has what that must be. */
static uint64_t hash_of_known(void) {
    static const char bytes[] = "hamtlab";
    return strcmp(CELL_KEY, "u64") == 0 ? hash_u64(UINT64_C(0x0123456789abcdef), 0)
                                        : hash_bytes(bytes, sizeof bytes - 1, 0);
}
#endif

static void print_text(const char *text) {
    putchar('"');
    for (; *text; text++)
        if (*text == '"' || *text == '\\')
            printf("\\%c", *text);
        else if ((unsigned char)*text < ' ')
            printf("\\u%04x", (unsigned)*text);
        else
            putchar(*text);
    putchar('"');
}

static void add_text(const char *name, const char *text) {
    printf(",\"%s\":", name);
    print_text(text);
}

static void print_members(void) {
    for (size_t i = 0; i < sizeof identity / sizeof *identity; i++) {
        printf("%s\"%s\":", i ? "," : "", identity[i].name);
        print_text(identity[i].text);
    }
#ifdef CELL_VARIANT
    printf(",\"hash_of_known\":\"%016" PRIx64 "\"", hash_of_known());
#endif
}

void line_identity(void) {
    putchar('{');
    print_members();
    putchar('}');
}

void line_begin(const char *op, const char *pattern, uint64_t scale, uint64_t seed,
                uint64_t number) {
    putchar('{');
    print_members();
    add_text("op", op);
    add_text("pattern", pattern);
    printf(",\"scale\":%" PRIu64 ",\"seed\":%" PRIu64 ",\"sample\":%" PRIu64, scale, seed, number);
    add_text("allocator", process_allocator());
    printf(",\"parameters\":{");
    const char *name;
    for (uint64_t i = 0, value; arguments_chosen((int)i, &name, &value); i++)
        printf("%s\"%s\":%" PRIu64, i ? "," : "", name, value);
    putchar('}');
}

void line_end(void) {
    puts("}");
    fflush(stdout);
}

static void add_names(const char *list, const char *const *names, int count, bool (*has)(int)) {
    const char *before = "";
    printf(",\"%s\":[", list);
    for (int i = 0; i < count; i++)
        if (!has || has(i)) {
            printf("%s\"%s\"", before, names[i]);
            before = ",";
        }
    putchar(']');
}

#define EXACT_MOST (UINT64_C(1) << 53) /* doubles, which read JSON, have it */

static void add_parameters(const struct arguments *known) {
    const char *before = "";
    printf(",\"parameters\":{");
    for (int i = 0; i < known->own_count; i++) {
        const struct argument *own = &known->own[i];
        if (own->kind != ARGUMENT_PARAMETER && own->kind != ARGUMENT_OPEN)
            continue;
        printf("%s\"%s\":{\"low\":%" PRIu64 ",\"high\":%" PRIu64, before, own->name, own->low,
               own->high < EXACT_MOST ? own->high : EXACT_MOST);
        if (own->kind == ARGUMENT_PARAMETER)
            printf(",\"default\":%" PRIu64, own->otherwise);
        putchar('}');
        before = ",";
    }
    putchar('}');
}

void line_describe(const struct arguments *known) {
    printf("{\"program\":\"%s\",\"identity\":", known->kind ? known->kind : known->program);
    line_identity();
    add_names("operations", known->operations, known->operation_count, known->has_operation);
    add_names("patterns", known->patterns, known->pattern_count, NULL);
    printf(",\"steps\":true,\"warm\":%s", known->warm ? "true" : "false");
    add_text("allocator", process_allocator());
    add_parameters(known);
    line_end();
}
