/* allocators.c - see allocators.h. */
#include "allocators.h"

#include "ask.h"
#include "copies.h"
#include "need.h"

#include <stdlib.h>
#include <string.h>

/* The library of an allocator that is given by name; the caller frees it. */
static char *find(const char *name, const char *make, struct fault *fault) {
    char *setting = need_format("ALLOC=%s", name);
    const char *const settings[] = {setting, NULL};
    char *path = ask_make(make, settings, "allocator", fault);
    struct fault said = *fault;
    if (!path && said.line[0] && !strstr(said.line, setting))
        fault_set(fault, "%s: %.800s", setting, said.line);
    free(setting);
    return path;
}

/* A private copy of a library, under the name it has; the caller frees it. */
static char *copy_of(const char *path, struct fault *fault) {
    struct digest ignored;
    char *name = base_name(path);
    char *copy = copy_make(path, name, &ignored, fault);
    free(name);
    return copy;
}

/* Gives the library to every cell from `first` on that is to have this allocator. */
static void give(struct plan *plan, size_t first, const char *library) {
    const char *allocator = plan->cells[first].allocator;
    for (size_t i = first; i < plan->cell_count; i++)
        if (strcmp(plan->cells[i].allocator, allocator) == 0)
            plan->cells[i].library = library;
}

bool allocators_find(struct plan *plan, const char *make, struct fault *fault) {
    for (size_t i = 0; i < plan->cell_count; i++) {
        const struct cell *cell = &plan->cells[i];
        if (cell->library || strcmp(cell->allocator, SYSTEM_ALLOCATOR) == 0)
            continue;
        char *path = cell->allocator[0] == '/' ? need_copy(cell->allocator)
                                               : find(cell->allocator, make, fault);
        char *copy = path ? copy_of(path, fault) : NULL;
        free(path);
        if (!copy)
            return false;
        words_add(&plan->libraries, copy);
        free(copy);
        give(plan, i, plan->libraries.word[plan->libraries.count - 1]);
    }
    return true;
}
