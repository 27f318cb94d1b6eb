/* allocators.c - see allocators.h. */
#include "allocators.h"

#include "ask.h"
#include "copies.h"
#include "need.h"

#include <stdlib.h>
#include <string.h>

/* What make tells of an allocator that is given by name: what sets it and its library; the caller
 * frees it. */
static char *find(const char *name, const char *make, struct fault *fault) {
    char *setting = need_format("ALLOC=%s", name);
    const char *const settings[] = {setting, NULL};
    char *told = ask_make(make, settings, "allocator", fault);
    struct fault said = *fault;
    if (!told && said.line[0] && !strstr(said.line, setting))
        fault_set(fault, "%s: %.800s", setting, said.line);
    free(setting);
    return told;
}

/* A private copy of a library, under the name it has; the caller frees it. */
static char *copy_of(const char *path, struct fault *fault) {
    struct digest ignored;
    char *name = base_name(path);
    char *copy = copy_make(path, name, &ignored, fault);
    free(name);
    return copy;
}

/* Adds a copy to the list, and returns it. */
static const char *keep(struct words *list, const char *text) {
    words_add(list, text);
    return list->word[list->count - 1];
}

/* Gives them to every cell from `first` on that is to have this allocator. */
static void give(struct plan *plan, size_t first, const char *variables, const char *library) {
    const char *allocator = plan->cells[first].allocator;
    for (size_t i = first; i < plan->cell_count; i++)
        if (strcmp(plan->cells[i].allocator, allocator) == 0) {
            plan->cells[i].variables = variables;
            plan->cells[i].library = library;
        }
}

/* Finds the allocator of a cell.
 * told: "NAME=value ... PATH"; the path is NO_LIBRARY where the C library's own malloc is set. */
static bool take(struct plan *plan, size_t cell, const char *told, struct fault *fault) {
    const char *blank = strrchr(told, ' ');
    const char *path = blank ? blank + 1 : told;
    char *set = need_format("%.*s", (int)(path - told - (blank ? 1 : 0)), told);
    const char *variables = keep(&plan->variables, set), *library = NULL;
    free(set);
    if (strcmp(path, NO_LIBRARY) != 0) {
        char *copy = copy_of(path, fault);
        if (!copy)
            return false;
        library = keep(&plan->libraries, copy);
        free(copy);
    }
    give(plan, cell, variables, library);
    return true;
}

bool allocators_find(struct plan *plan, const char *make, struct fault *fault) {
    for (size_t i = 0; i < plan->cell_count; i++) {
        const struct cell *cell = &plan->cells[i];
        if (cell->variables || strcmp(cell->allocator, SYSTEM_ALLOCATOR) == 0)
            continue;
        char *told = cell->allocator[0] == '/' ? need_copy(cell->allocator)
                                               : find(cell->allocator, make, fault);
        bool good = told && take(plan, i, told, fault);
        free(told);
        if (!good)
            return false;
    }
    return true;
}
