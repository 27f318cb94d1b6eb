/* description.c - see description.h. */
#include "description.h"

#include "builds.h"
#include "need.h"

#include <jansson.h>

/* By the names of the store's columns. */
static json_t *machine_json(const struct machine *m) {
    return json_pack("{s:s, s:s, s:I, s:I, s:s, s:s, s:I, s:s, s:s, s:s, s:o, s:s}", "id", m->id,
                     "cpu", m->cpu, "cores", (json_int_t)m->cores, "memory_bytes",
                     (json_int_t)m->memory_bytes, "os", m->os, "kernel", m->kernel, "page_size",
                     (json_int_t)m->page_size, "thp", m->thp, "hardware_counters",
                     m->hardware_counters, "software_counters", m->software_counters, "virtualised",
                     m->virtualised < 0 ? json_null() : json_integer(m->virtualised), "caches",
                     m->caches);
}

static json_t *programs_json(const struct plan *plan) {
    json_t *programs = json_array();
    for (size_t i = 0; i < plan->recipe_count; i++) {
        struct words settings = {0};
        json_t *program = json_array();
        build_settings(&settings, &plan->recipes[i]);
        for (size_t w = 0; w < settings.count; w++)
            json_array_append_new(program, json_string(settings.word[w]));
        json_array_append_new(programs, program);
        words_free(&settings);
    }
    return programs;
}

char *description_text(const struct plan *plan, const struct schedule *schedule, const char *family,
                       const struct machine *machine, struct fault *fault) {
    json_error_t error;
    json_int_t blocks = 0;
    for (size_t i = 0; i < schedule->count; i++)
        blocks += schedule->slots[i].position == 0;
    json_t *told = json_pack_ex(&error, 0, "{s:I, s:I, s:I, s:o, s:s?, s:o}", "runs",
                                (json_int_t)schedule->count, "cells", (json_int_t)plan->cell_count,
                                "blocks", blocks, "programs", programs_json(plan), "family", family,
                                "machine", machine_json(machine));
    char *text = told ? json_dumps(told, JSON_COMPACT | JSON_PRESERVE_ORDER) : NULL;
    json_decref(told);
    if (!text)
        fault_set(fault, "what would be measured cannot be told as JSON: %s",
                  told ? "it is no text" : error.text);
    return text;
}
