/* plan.c - see plan.h. */
#define _DEFAULT_SOURCE 1
#include "plan.h"

#include "need.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- Cells ---- */

static size_t find_recipe(struct plan *plan, const struct recipe *wanted) {
    for (size_t i = 0; i < plan->recipe_count; i++) {
        const struct recipe *recipe = &plan->recipes[i];
        if (strcmp(recipe->cell, wanted->cell) == 0 &&
            strcmp(recipe->variant, wanted->variant) == 0 &&
            strcmp(recipe->hash, wanted->hash) == 0 && strcmp(recipe->key, wanted->key) == 0)
            return i;
    }
    plan->recipes = need_room(plan->recipes, plan->recipe_count, sizeof *plan->recipes);
    plan->recipes[plan->recipe_count] = *wanted;
    return plan->recipe_count++;
}

/* Those with different goals need not get as many blocks. */
static bool same_goal(const char *a, const char *b) {
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* The number of the plan's group that does this work as often; group_count if there is none. */
static size_t group_number(const struct plan *plan, const struct group *wanted) {
    for (size_t i = 0; i < plan->group_count; i++) {
        const struct group *group = &plan->groups[i];
        if (group->scale == wanted->scale && group->seed == wanted->seed &&
            group->core == wanted->core && group->turns == wanted->turns &&
            group->samples == wanted->samples && words_same(group->rounds, wanted->rounds) &&
            same_goal(group->goal, wanted->goal) && strcmp(group->op, wanted->op) == 0 &&
            strcmp(group->pattern, wanted->pattern) == 0 && strcmp(group->key, wanted->key) == 0)
            return i;
    }
    return plan->group_count;
}

static size_t find_group(struct plan *plan, const struct group *wanted) {
    size_t number = group_number(plan, wanted);
    if (number == plan->group_count) {
        plan->groups = need_room(plan->groups, plan->group_count, sizeof *plan->groups);
        plan->groups[plan->group_count++] = *wanted;
    }
    return number;
}

/* Adds a cell to its group, unless it is there already: grids may overlap. */
static void add_cell(struct plan *plan, struct cell cell) {
    struct group *group = &plan->groups[cell.group];
    for (size_t i = 0; i < group->cell_count; i++) {
        const struct cell *other = &plan->cells[group->cells[i]];
        if (other->recipe == cell.recipe && strcmp(other->parameters, cell.parameters) == 0 &&
            strcmp(other->allocator, cell.allocator) == 0)
            return;
    }
    group->cells = need_room(group->cells, group->cell_count, sizeof *group->cells);
    group->cells[group->cell_count++] = plan->cell_count;
    plan->cells = need_room(plan->cells, plan->cell_count, sizeof *plan->cells);
    plan->cells[plan->cell_count++] = cell;
    plan->processes += group->reps;
}

/* Adds everything in the grid that does the work of `group`. */
static void add_competitors(struct plan *plan, const struct grid *grid, size_t group) {
    for (size_t v = 0; v < grid->variants.count; v++)
        for (size_t h = 0; h < grid->hashes.count; h++)
            for (size_t a = 0; a < grid->allocators.count; a++) {
                struct recipe recipe = {.cell = grid->cell,
                                        .variant = grid->variants.word[v],
                                        .label = grid->variant_labels.word[v],
                                        .hash = grid->hashes.word[h],
                                        .key = plan->groups[group].key};
                for (size_t c = 0; c < grid->choices.count; c++)
                    add_cell(plan, (struct cell){.recipe = find_recipe(plan, &recipe),
                                                 .group = group,
                                                 .allocator = grid->allocators.word[a],
                                                 .allocator_label = grid->allocator_labels.word[a],
                                                 .same_allowed = grid->same_allowed,
                                                 .parameters = grid->choices.word[c]});
            }
}

/* The file that a pattern of the grid takes its keys from, or NULL. */
static const char *file_of(const struct grid *grid, const char *pattern) {
    return grid->keys_file && strcmp(pattern, grid->keys_label) == 0 ? grid->keys_file : NULL;
}

/* How many groups a grid has cells in. */
static size_t groups_in(const struct grid *grid) {
    return grid->keys.count * grid->ops.count * grid->patterns.count * grid->scales.count;
}

/* What the cells of the i-th of them do; it has none yet. */
static struct group group_of(const struct grid *grid, size_t i) {
    size_t s = i % grid->scales.count, p = i / grid->scales.count % grid->patterns.count;
    i /= grid->scales.count * grid->patterns.count;
    const char *pattern = grid->patterns.word[p];
    return (struct group){.op = grid->ops.word[i % grid->ops.count],
                          .pattern = pattern,
                          .key = grid->keys.word[i / grid->ops.count],
                          .keys_file = file_of(grid, pattern),
                          .scale = grid->scale[s],
                          .seed = grid->seed,
                          .core = grid->core,
                          .turns = grid->turns,
                          .samples = grid->samples,
                          .rounds = &grid->rounds,
                          .goal = grid->goal,
                          .reps = grid->reps};
}

static bool add_grid(struct plan *plan, const struct grid *grid, struct fault *fault) {
    double processes = (double)(grid->variants.count * grid->hashes.count) *
                       (double)(grid->allocators.count * grid->keys.count) *
                       (double)grid->choices.count *
                       (double)(grid->ops.count * grid->patterns.count) *
                       (double)(grid->scales.count * grid->reps);
    if ((double)plan->processes + processes > PLAN_PROCESSES_MAX)
        return fault_set(fault, "REPS=%llu: the plan comes to more than %d processes",
                         (unsigned long long)grid->reps, PLAN_PROCESSES_MAX);
    for (size_t i = 0; i < groups_in(grid); i++) {
        struct group group = group_of(grid, i);
        add_competitors(plan, grid, find_group(plan, &group));
    }
    return true;
}

/* ---- Lines ---- */

static bool add_settings(struct plan *plan, const char *const text[SET_COUNT], struct fault *fault);

/* Adds a grid for each group of one, which was read from these settings. */
static bool add_groups(struct plan *plan, const struct grid *grid,
                       const char *const text[SET_COUNT], struct fault *fault) {
    const char *one[SET_COUNT];
    bool good = true;
    memcpy(one, text, sizeof one);
    for (size_t k = 0; k < grid->keys.count; k++)
        for (size_t o = 0; o < grid->ops.count; o++)
            for (size_t p = 0; p < grid->patterns.count; p++)
                for (size_t s = 0; good && s < grid->scales.count; s++) {
                    const char *pattern = grid->patterns.word[p];
                    one[SET_KEY] = grid->keys.word[k];
                    one[SET_OPS] = grid->ops.word[o];
                    one[SET_KEYS] = file_of(grid, pattern);
                    one[SET_PATTERNS] = one[SET_KEYS] ? NULL : pattern;
                    one[SET_SCALES] = grid->scales.word[s];
                    good = add_settings(plan, one, fault);
                }
    return good;
}

/* Puts a grid behind those whose turn is the same or an earlier one. */
static void insert_grid(struct plan *plan, const struct grid *grid) {
    size_t place = plan->grid_count;
    while (place > 0 && plan->grids[place - 1].turn > grid->turn)
        place--;
    plan->grids = need_room(plan->grids, plan->grid_count, sizeof *plan->grids);
    memmove(&plan->grids[place + 1], &plan->grids[place],
            (plan->grid_count++ - place) * sizeof *plan->grids);
    plan->grids[place] = *grid;
}

/* Reads settings with one seed, the turn-th of its line, and adds them to the plan's grids. */
static bool add_seed(struct plan *plan, const char *const text[SET_COUNT], size_t turn,
                     struct fault *fault) {
    struct grid grid;
    bool good = grid_read(&grid, text, fault);
    if (good && (!grid.goal || groups_in(&grid) == 1)) {
        grid.turn = turn;
        insert_grid(plan, &grid);
        return true;
    }
    good = good && add_groups(plan, &grid, text, fault);
    grid_free(&grid);
    return good;
}

/* Reads one set of settings and adds it to the plan's grids, once for each seed. */
static bool add_settings(struct plan *plan, const char *const text[SET_COUNT],
                         struct fault *fault) {
    struct words seeds = {0};
    bool good = seeds_read(&seeds, text[SET_SEED], fault);
    if (good && seeds.count > 1 && (text[SET_PRECISION] || text[SET_DECIDE]))
        good = fault_set(fault, "SEED=%s: PRECISION and DECIDE take one", text[SET_SEED]);
    for (size_t i = 0; good && i < seeds.count; i++) {
        const char *of_one[SET_COUNT];
        memcpy(of_one, text, sizeof of_one);
        of_one[SET_SEED] = seeds.word[i];
        good = add_seed(plan, of_one, i, fault);
    }
    words_free(&seeds);
    return good;
}

/* Reads one line of a plan file, which it cuts into pieces.  parameters: those of the cell, a
 * string to be freed even after a fault. */
static bool read_line(struct plan *plan, char *line, const char *const given[SET_COUNT],
                      char **parameters, struct fault *fault) {
    const char *text[SET_COUNT];
    bool here[SET_COUNT] = {false};
    memcpy(text, given, sizeof text);
    line[strcspn(line, "#\n")] = '\0';
    size_t found = 0;
    char *rest;
    for (char *word = strtok_r(line, " \t\r", &rest); word; word = strtok_r(NULL, " \t\r", &rest)) {
        char *equals = strchr(word, '=');
        if (!equals)
            return fault_set(fault, "%s: not a setting; write NAME=value", word);
        *equals = '\0';
        found++;
        if (parameter_is_name(word)) {
            char *longer =
                need_format("%s%s%s=%s", *parameters, **parameters ? " " : "", word, equals + 1);
            free(*parameters);
            *parameters = longer;
            continue;
        }
        enum setting setting = setting_find(word);
        if (setting == SET_COUNT) {
            struct words names = {0};
            for (enum setting s = 0; s < SET_COUNT; s++)
                if (s != SET_PARAMETERS)
                    words_add(&names, setting_name(s));
            char *all = words_join(&names, ", ");
            fault_set(fault, "%s=%s: not a setting; one of: %s; those of a cell are in lower case",
                      word, equals + 1, all);
            free(all);
            words_free(&names);
            return false;
        }
        if (here[setting])
            return fault_set(fault, "%s=%s: set twice in one line", word, equals + 1);
        here[setting] = true;
        text[setting] = equals + 1;
    }
    if (**parameters)
        text[SET_PARAMETERS] = *parameters;
    return found == 0 || add_settings(plan, text, fault);
}

static bool add_line(struct plan *plan, char *line, const char *const given[SET_COUNT],
                     struct fault *fault) {
    char *parameters = need_copy("");
    bool good = read_line(plan, line, given, &parameters, fault);
    free(parameters);
    return good;
}

/* Reads the lines of a plan.  what: its name, for faults. */
static bool add_lines(struct plan *plan, FILE *file, const char *what,
                      const char *const given[SET_COUNT], struct fault *fault) {
    char *line = NULL;
    size_t room = 0, number = 0;
    ssize_t length;
    bool good = true;
    while (good && (length = getline(&line, &room, file)) >= 0) {
        number++;
        struct fault inner;
        good = strlen(line) == (size_t)length ? add_line(plan, line, given, &inner)
                                              : fault_set(&inner, "a NUL byte is in it");
        if (!good)
            fault_set(fault, "%s, line %zu: %.800s", what, number, inner.line);
    }
    free(line);
    if (good && ferror(file))
        good = fault_set(fault, "PLAN=%s: %s", what, strerror(errno));
    else if (good && plan->grid_count == 0)
        good = fault_set(fault, "PLAN=%s: there is no grid in it", what);
    return good;
}

/* ---- The whole ---- */

/* Makes cells of the grids; frees the plan if it is not good. */
static bool complete(struct plan *plan, bool good, struct fault *fault) {
    struct words lines = {0};
    for (size_t i = 0; good && i < plan->grid_count; i++) {
        char *line = grid_text(&plan->grids[i]);
        words_add(&lines, line);
        free(line);
        good = add_grid(plan, &plan->grids[i], fault);
    }
    plan->settings = words_join(&lines, "\n");
    words_free(&lines);
    if (!good)
        plan_free(plan);
    return good;
}

bool plan_read(struct plan *plan, const char *path, const char *const given[SET_COUNT],
               struct fault *fault) {
    *plan = (struct plan){0};
    if (!path)
        return complete(plan, add_settings(plan, given, fault), fault);
    FILE *file = fopen(path, "r");
    if (!file)
        return fault_set(fault, "PLAN=%s: %s", path, strerror(errno));
    bool good = add_lines(plan, file, path, given, fault);
    fclose(file);
    return complete(plan, good, fault);
}

bool plan_read_stored(struct plan *plan, const char *settings, struct fault *fault) {
    const char *const none[SET_COUNT] = {NULL};
    *plan = (struct plan){0};
    FILE *file = fmemopen((void *)(uintptr_t)settings, strlen(settings), "r");
    if (!file)
        return fault_set(fault, "the stored settings: %s", strerror(errno));
    bool good = add_lines(plan, file, "the stored settings", none, fault);
    fclose(file);
    return complete(plan, good, fault);
}

/* ---- Rounds ---- */

/* Lines that compete in the same blocks get equally many more: their groups would part. */
static bool lines_agree(const struct plan *plan, const uint64_t *counts, const char *reps,
                        struct fault *fault) {
    size_t *line = need_zeroed(plan->group_count, sizeof *line); /* from 1; 0: none yet */
    bool good = true;
    for (size_t i = 0; i < plan->grid_count; i++)
        for (size_t j = 0; good && j < groups_in(&plan->grids[i]); j++) {
            struct group group = group_of(&plan->grids[i], j);
            size_t *first = &line[group_number(plan, &group)];
            if (*first == 0)
                *first = i + 1;
            good = counts[*first - 1] == counts[i] ||
                   fault_set(fault,
                             "MORE=%s: lines %zu and %zu of the plan share blocks, so they must "
                             "get equally many",
                             reps, *first, i + 1);
        }
    free(line);
    return good;
}

/* Processes that a round has for each cell of each grid; NULL after a fault.  The caller frees it.
 */
static uint64_t *round_read(const struct plan *plan, const char *reps, struct fault *fault) {
    uint64_t *counts = need_zeroed(plan->grid_count, sizeof *counts);
    struct words words = {0};
    words_split(&words, reps, ',');
    bool good =
        words.count == 1 || words.count == plan->grid_count ||
        fault_set(fault, "MORE=%s: there must be one number, or %zu", reps, plan->grid_count);
    for (size_t i = 0; good && i < plan->grid_count; i++)
        number_read(words.word[words.count == 1 ? 0 : i], 0, REPS_MAX, &counts[i]);
    words_free(&words);
    if (good && lines_agree(plan, counts, reps, fault))
        return counts;
    free(counts);
    return NULL;
}

bool plan_add_round(struct plan *plan, const char *reps, struct fault *fault) {
    uint64_t *counts = round_read(plan, reps, fault);
    if (!counts)
        return false;
    struct words lines = {0};
    for (size_t i = 0; i < plan->grid_count; i++) {
        struct grid *grid = &plan->grids[i];
        char *round = need_format("%llu", (unsigned long long)counts[i]);
        words_add(&grid->rounds, round);
        free(round);
        grid->reps += counts[i];
        for (size_t g = 0; g < plan->group_count; g++)
            if (plan->groups[g].rounds == &grid->rounds) {
                plan->groups[g].reps += counts[i];
                plan->processes += counts[i] * plan->groups[g].cell_count;
            }
        char *line = grid_text(grid);
        words_add(&lines, line);
        free(line);
    }
    free(counts);
    free(plan->settings);
    plan->settings = words_join(&lines, "\n");
    words_free(&lines);
    return true;
}

/* The end of the value of the first REPS. */
static const char *end_of_reps(const char *settings) {
    const char *reps = strstr(settings, "REPS=");
    return reps ? reps + strcspn(reps, " ") : settings + strlen(settings);
}

/* Reads "+6+3", by which a line of stored settings is longer than the plan's own.  False if they
 * differ in anything else. */
static bool rounds_between(struct words *rounds, const char *line, const char *stored) {
    const char *end = end_of_reps(line);
    size_t length = (size_t)(end - line);
    if (strncmp(line, stored, length) != 0 || !strchr(" +", stored[length]))
        return false;
    char *added = need_format("%.*s", (int)strspn(stored + length, "+0123456789"), stored + length);
    bool same = strcmp(end, stored + length + strlen(added)) == 0;
    if (*added)
        words_split(rounds, added + 1, '+');
    free(added);
    return same;
}

/* The round at this place of each line's rounds, as plan_add_round takes it; the caller frees it.
 */
static char *round_text(const struct words *rounds, size_t lines, size_t place) {
    struct words counts = {0};
    for (size_t i = 0; i < lines; i++)
        words_add(&counts, rounds[i].word[place]);
    char *reps = words_join(&counts, ",");
    words_free(&counts);
    return reps;
}

bool plan_follow(struct plan *plan, const char *settings) {
    struct words own = {0}, stored = {0}, *rounds = need_zeroed(plan->grid_count, sizeof *rounds);
    words_split(&own, plan->settings, '\n');
    words_split(&stored, settings, '\n');
    bool same = own.count == stored.count;
    for (size_t i = 0; same && i < own.count; i++)
        same = rounds_between(&rounds[i], own.word[i], stored.word[i]) &&
               rounds[i].count == rounds[0].count;
    struct fault none;
    for (size_t r = 0; same && r < rounds[0].count; r++) {
        char *reps = round_text(rounds, own.count, r);
        uint64_t *counts = round_read(plan, reps, &none);
        same = counts != NULL;
        free(counts);
        free(reps);
    }
    for (size_t r = 0; same && r < rounds[0].count; r++) {
        char *reps = round_text(rounds, own.count, r);
        plan_add_round(plan, reps, &none);
        free(reps);
    }
    for (size_t i = 0; i < own.count; i++)
        words_free(&rounds[i]);
    free(rounds);
    words_free(&own);
    words_free(&stored);
    return same;
}

bool plan_has_goal(const struct plan *plan) {
    for (size_t i = 0; i < plan->grid_count; i++)
        if (plan->grids[i].goal)
            return true;
    return false;
}

char *plan_cell_text(const struct plan *plan, size_t index) {
    const struct cell *cell = &plan->cells[index];
    const struct recipe *recipe = &plan->recipes[cell->recipe];
    const struct group *group = &plan->groups[cell->group];
    return need_format("%s %s %s %s %s %s %llu%s%s", recipe->label, recipe->hash, recipe->key,
                       cell->allocator_label, group->op, group->pattern,
                       (unsigned long long)group->scale, *cell->parameters ? " " : "",
                       cell->parameters);
}

void plan_free(struct plan *plan) {
    for (size_t i = 0; i < plan->grid_count; i++)
        grid_free(&plan->grids[i]);
    for (size_t i = 0; i < plan->group_count; i++)
        free(plan->groups[i].cells);
    free(plan->grids);
    free(plan->groups);
    free(plan->cells);
    free(plan->recipes);
    free(plan->settings);
    words_free(&plan->libraries);
    words_free(&plan->variables);
    *plan = (struct plan){0};
}
