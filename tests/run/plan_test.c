/* plan_test.c - settings, plans and schedules. */
#include "fixture.h"

#include "description.h"
#include "words.h"

/* ---- Settings ---- */

START_TEST(test_numbers) {
    static const struct {
        const char *text;
        uint64_t number; /* 0: refused */
    } cases[] = {{"1", 1},        {"1000", 1000}, {"1e6", 1000000},    {"10K", 10000},
                 {"2m", 2000000}, {"1.5K", 1500}, {"1e9", 1000000000}, {"999999999", 999999999},
                 {"0", 0},        {"-1", 0},      {"1.5", 0},          {"", 0},
                 {"x", 0},        {"1e10", 0},    {"10KK", 0},         {"0x10", 0},
                 {"inf", 0},      {"nan", 0},     {"1 ", 0},           {"K", 0},
                 {"1e", 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint64_t number = 0;
        bool good = number_read(cases[i].text, 1, 1000000000, &number);
        ck_assert_msg(good == (cases[i].number != 0), "'%s'", cases[i].text);
        ck_assert_uint_eq(number, cases[i].number);
    }
}
END_TEST

START_TEST(test_numbers_are_not_rounded) {
    uint64_t number = 0;
    ck_assert(number_read("9007199254740993", 0, UINT64_MAX, &number)); /* 2^53 + 1 */
    ck_assert_uint_eq(number, UINT64_C(9007199254740993));
    ck_assert(!number_read("9007199254740.993K", 0, UINT64_MAX, &number));
    ck_assert(!number_read("99999999999999999999", 0, UINT64_MAX, &number));
}
END_TEST

START_TEST(test_defaults) {
    struct plan plan;
    fixture_good_plan(&plan, "VARIANTS=list\n");
    ck_assert_str_eq(plan.settings, "VARIANTS=list OPS=put,get PATTERNS=sequential,shuffled,random "
                                    "SCALES=1000,10000,100000 HASH=xxh3 KEY=u64 "
                                    "ALLOC=" SYSTEM_ALLOCATOR " REPS=12 SAMPLES=5 SEED=1 "
                                    "PIN=none");
    ck_assert_uint_eq(plan.cell_count, 18);
    ck_assert_uint_eq(plan.processes, 18 * 12);
    plan_free(&plan);
}
END_TEST

START_TEST(test_settings_are_read_again_as_the_same_plan) {
    struct plan plan, again;
    fixture_good_plan(&plan,
                      "VARIANTS=a,b+c SCALES=1K,1e6 OPS=miss REPS=7+3 HASH=weak,xxh3 KEY=str\n"
                      "VARIANTS=d pool_slots=64 SEED=9\n");
    fixture_good_plan(&again, plan.settings);
    ck_assert_str_eq(again.settings, plan.settings);
    plan_free(&plan);
    plan_free(&again);
}
END_TEST

START_TEST(test_faults_name_line_and_setting) {
    static const struct {
        const char *text, *fault;
    } cases[] = {
        {"OPS=put\n", "plan, line 1: VARIANTS: not set; which variants are to be measured?"},
        {"\n# x\nVARIANTS=a SCALES=0\n", "plan, line 3: SCALES=0: "},
        {"VARIANTS=a SCALES=1000,1K\n", "plan, line 1: SCALES=1000,1K: 1000 is named twice"},
        {"VARIANTS=a HASH=md6\n", "plan, line 1: HASH=md6: not a hash; one of: weak, xxh3"},
        {"VARIANTS=a KEY=\n", "plan, line 1: KEY=: is empty"},
        {"VARIANTS=a, \n", "plan, line 1: VARIANTS=a,: a name between the commas is missing"},
        {"VARIANTS=/x/a,/y/a\n", "plan, line 1: VARIANTS=/y/a: another one is called a as well"},
        {"VARIANTS=a OPS=put OPS=get\n", "plan, line 1: OPS=get: set twice in one line"},
        {"VARIANTS=a SEED=x\n",
         "plan, line 1: SEED=x: wanted whole numbers from 0 to 9007199254740992"},
        {"VARIANTS=a SEED=1..\n", "plan, line 1: SEED=1..: wanted whole numbers"},
        {"VARIANTS=a SEED=1..9..0\n", "plan, line 1: SEED=1..9..0: wanted whole numbers"},
        {"VARIANTS=a SEED=1..9..2..2\n", "plan, line 1: SEED=1..9..2..2: wanted whole numbers"},
        {"VARIANTS=a SEED=9..1\n", "plan, line 1: SEED=9..1: a range goes from the lesser"},
        {"VARIANTS=a SEED=1..3,2\n", "plan, line 1: SEED=1..3,2: 2 is named twice"},
        {"VARIANTS=a SEED=1..10001\n", "plan, line 1: SEED=1..10001: these are too many seeds"},
        {"VARIANTS=a fast\n", "plan, line 1: fast: not a setting; write NAME=value"},
        {"VARIANTS=a SPEED=1\n", "plan, line 1: SPEED=1: not a setting; one of: VARIANTS, OPS, "},
        {"VARIANTS=a TURNS=hot\n", "plan, line 1: TURNS=hot: not a way to take turns; none, warm"},
        {"# nothing\n", "PLAN=plan: there is no grid in it"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct plan plan;
        struct fault fault = {""};
        ck_assert(!fixture_plan(&plan, cases[i].text, &fault));
        ck_assert_msg(strncmp(fault.line, cases[i].fault, strlen(cases[i].fault)) == 0, "%s",
                      fault.line);
    }
}
END_TEST

START_TEST(test_a_line_of_several_seeds_is_a_line_for_each_and_lines_take_turns) {
    struct plan plan, longer;
    fixture_good_plan(&plan, "VARIANTS=a SCALES=10,20 SEED=1..9..4\n"
                             "VARIANTS=b SCALES=10 SEED=2,7..8\n"
                             "VARIANTS=c SCALES=10 SEED=30\n");
    fixture_good_plan(&longer, "VARIANTS=a SCALES=10,20 SEED=1\nVARIANTS=b SCALES=10 SEED=2\n"
                               "VARIANTS=c SCALES=10 SEED=30\n"
                               "VARIANTS=a SCALES=10,20 SEED=5\nVARIANTS=b SCALES=10 SEED=7\n"
                               "VARIANTS=a SCALES=10,20 SEED=9\nVARIANTS=b SCALES=10 SEED=8\n");
    ck_assert_str_eq(plan.settings, longer.settings);
    ck_assert_uint_eq(plan.group_count, longer.group_count);
    for (size_t i = 0; i < plan.group_count; i++)
        ck_assert_uint_eq(plan.groups[i].seed, longer.groups[i].seed);
    plan_free(&plan);
    plan_free(&longer);
}
END_TEST

START_TEST(test_command_line_holds_where_a_line_is_silent) {
    const char *given[SET_COUNT] = {
        [SET_VARIANTS] = "x", [SET_REPS] = "5", [SET_OPS] = "get", [SET_PATTERNS] = "random"};
    FILE *file = fopen("plan", "w");
    fputs("SCALES=10 REPS=2\nSCALES=20 SEED=8\n", file);
    fclose(file);
    struct plan plan;
    struct fault fault;
    ck_assert(plan_read(&plan, "plan", given, &fault));
    ck_assert_uint_eq(plan.group_count, 2);
    ck_assert_uint_eq(plan.groups[0].reps, 2);
    ck_assert_uint_eq(plan.groups[1].reps, 5);
    ck_assert_uint_eq(plan.groups[0].seed, 1);
    ck_assert_uint_eq(plan.groups[1].seed, 8);
    ck_assert_str_eq(plan.groups[1].op, "get");
    plan_free(&plan);
}
END_TEST

/* ---- Plans ---- */

START_TEST(test_paths_are_used_but_not_stored) {
    struct plan plan;
    fixture_good_plan(&plan, "VARIANTS=pool+/home/me/mine/ OPS=put PATTERNS=random SCALES=7\n");
    ck_assert_str_eq(plan.recipes[0].variant, "pool+/home/me/mine/");
    ck_assert_str_eq(plan.recipes[0].label, "pool+mine");
    ck_assert_ptr_null(strstr(plan.settings, "home"));
    char *text = plan_cell_text(&plan, 0);
    ck_assert_str_eq(text, "pool+mine xxh3 u64 " SYSTEM_ALLOCATOR " put random 7");
    free(text);
    plan_free(&plan);
}
END_TEST

START_TEST(test_group_holds_what_does_the_same_work) {
    struct plan plan;
    fixture_good_plan(&plan,
                      "VARIANTS=a,b OPS=put,get PATTERNS=random SCALES=10 HASH=xxh3,weak\n"
                      "VARIANTS=b,c OPS=put PATTERNS=random SCALES=10\n" /* b is there already */
                      "VARIANTS=a OPS=put PATTERNS=random SCALES=10 pool_slots=64\n"
                      "VARIANTS=a OPS=put PATTERNS=random SCALES=10 KEY=str\n");
    ck_assert_uint_eq(plan.group_count, 3);
    ck_assert_uint_eq(plan.groups[0].cell_count, 6); /* a and b twice, c, a with the small pool */
    ck_assert_uint_eq(plan.groups[1].cell_count, 4);
    ck_assert_uint_eq(plan.groups[2].cell_count, 1);
    ck_assert_str_eq(plan.groups[2].key, "str");
    ck_assert_uint_eq(plan.recipe_count, 6); /* a and b with two hashes, c, a with str */
    plan_free(&plan);
}
END_TEST

START_TEST(test_rounds_are_added_to_every_line) {
    struct plan plan, longer;
    fixture_good_plan(&plan, "VARIANTS=a SCALES=10 REPS=2\nVARIANTS=b SCALES=20 REPS=5");
    char *settings = need_copy(plan.settings);
    uint64_t processes = plan.processes;
    struct fault fault;
    ck_assert(plan_add_round(&plan, "3", &fault));
    fixture_good_plan(&longer, "VARIANTS=a SCALES=10 REPS=2+3\nVARIANTS=b SCALES=20 REPS=5+3");
    ck_assert_str_eq(plan.settings, longer.settings);
    ck_assert_uint_eq(plan.processes, longer.processes);
    ck_assert_uint_eq(plan.groups[0].reps, 5);
    plan_free(&plan);

    fixture_good_plan(&plan, settings);
    ck_assert(plan_follow(&plan, settings)); /* no rounds more */
    ck_assert_uint_eq(plan.processes, processes);
    static const char *const others[] = {
        "VARIANTS=a SCALES=10 REPS=2+3\nVARIANTS=b SCALES=20 REPS=5",
        "VARIANTS=a SCALES=10 REPS=2+3\nVARIANTS=c SCALES=20 REPS=5+3",
        "VARIANTS=a SCALES=10 REPS=22\nVARIANTS=b SCALES=20 REPS=52",
        "VARIANTS=a SCALES=11 REPS=2+3\nVARIANTS=b SCALES=20 REPS=5+3"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct plan other;
        fixture_good_plan(&other, others[i]);
        ck_assert(!plan_follow(&plan, other.settings));
        plan_free(&other);
    }
    ck_assert(!plan_follow(&plan, "of something else"));
    ck_assert_str_eq(plan.settings, settings);
    ck_assert(plan_follow(&plan, longer.settings));
    ck_assert_str_eq(plan.settings, longer.settings);
    ck_assert_uint_eq(plan.processes, longer.processes);
    plan_free(&plan);
    plan_free(&longer);
    free(settings);
}
END_TEST

START_TEST(test_a_round_may_give_each_line_another_number) {
    struct plan plan, same;
    struct fault fault;
    static const char first[] = "VARIANTS=a,b SCALES=10 REPS=2\nVARIANTS=a SCALES=20 REPS=2\n";
    fixture_good_plan(&plan, first);
    ck_assert(plan_add_round(&plan, "0,3", &fault));
    ck_assert(plan_add_round(&plan, "4,0", &fault));
    fixture_good_plan(&same, "VARIANTS=a,b SCALES=10 REPS=2+0+4\nVARIANTS=a SCALES=20 REPS=2+3+0");
    ck_assert_str_eq(plan.settings, same.settings);
    ck_assert_uint_eq(plan.processes, same.processes);
    ck_assert_uint_eq(plan.groups[0].reps, 6);
    ck_assert(!plan_add_round(&plan, "1,2,3", &fault));
    ck_assert_str_eq(fault.line, "MORE=1,2,3: there must be one number, or 2");
    plan_free(&plan);

    fixture_good_plan(&plan, first);
    ck_assert(plan_follow(&plan, same.settings));
    ck_assert_uint_eq(plan.processes, same.processes);
    plan_free(&plan);
    plan_free(&same);
}
END_TEST

START_TEST(test_lines_that_share_blocks_get_equally_many_more) {
    struct plan plan, other;
    struct fault fault;
    fixture_good_plan(&plan, "VARIANTS=a OPS=put PATTERNS=random SCALES=10,20 REPS=2\n"
                             "VARIANTS=c OPS=put PATTERNS=random SCALES=30 REPS=2\n"
                             "VARIANTS=b OPS=put,get PATTERNS=random SCALES=20 REPS=2\n");
    char *settings = need_copy(plan.settings);
    uint64_t processes = plan.processes;
    ck_assert(!plan_add_round(&plan, "6,6,0", &fault));
    ck_assert_str_eq(fault.line, "MORE=6,6,0: lines 1 and 3 of the plan share blocks, so they must "
                                 "get equally many");
    ck_assert_str_eq(plan.settings, settings);
    ck_assert_uint_eq(plan.processes, processes);

    /* Where their rounds differ from the start, they share none. */
    fixture_good_plan(&other, "VARIANTS=a OPS=put PATTERNS=random SCALES=10,20 REPS=2+4+6\n"
                              "VARIANTS=c OPS=put PATTERNS=random SCALES=30 REPS=2+4+6\n"
                              "VARIANTS=b OPS=put,get PATTERNS=random SCALES=20 REPS=2+4+0\n");
    ck_assert(!plan_follow(&plan, other.settings));
    ck_assert_str_eq(plan.settings, settings);
    ck_assert(plan_add_round(&other, "1,1,0", &fault));
    plan_free(&other);

    ck_assert(plan_add_round(&plan, "6,0,06", &fault));
    fixture_good_plan(&other, plan.settings);
    ck_assert_uint_eq(other.processes, plan.processes);
    ck_assert_uint_eq(other.group_count, plan.group_count);
    plan_free(&other);
    plan_free(&plan);
    free(settings);
}
END_TEST

START_TEST(test_what_is_to_be_decided_makes_a_line_of_each_group) {
    struct plan plan, again;
    fixture_good_plan(&plan, "VARIANTS=a,b OPS=put,get PATTERNS=random,shuffled SCALES=10,20 "
                             "KEY=u64,str REPS=3 DECIDE=2.50%\n"
                             "VARIANTS=c OPS=put,get SCALES=10,20,30 REPS=3");
    ck_assert_uint_eq(plan.grid_count, 17);
    ck_assert_uint_eq(plan.group_count, 16 + 2 * 3 * 3);
    ck_assert(plan_add_round(&plan, "1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0", &(struct fault){""}));
    fixture_good_plan(&again, plan.settings);
    ck_assert_uint_eq(again.group_count, plan.group_count);
    plan_free(&again);
    ck_assert(plan_has_goal(&plan));
    ck_assert_ptr_nonnull(strstr(plan.settings,
                                 "OPS=get PATTERNS=shuffled SCALES=20 HASH=xxh3 "
                                 "KEY=str ALLOC=" SYSTEM_ALLOCATOR
                                 " REPS=3+0 SAMPLES=5 SEED=1 PIN=none DECIDE=2.5%\n"));
    fixture_good_plan(&again, plan.settings);
    ck_assert_str_eq(again.settings, plan.settings);
    plan_free(&again);
    plan_free(&plan);
    fixture_good_plan(&plan, "VARIANTS=a");
    ck_assert(!plan_has_goal(&plan));
    plan_free(&plan);
}
END_TEST

START_TEST(test_keys_of_a_file_have_a_line_of_their_own) {
    struct plan plan;
    FILE *file = fopen("words", "w");
    ck_assert_ptr_nonnull(file);
    fputs("one\ntwo\nthree\n", file);
    ck_assert_int_eq(fclose(file), 0);
    fixture_good_plan(&plan, "VARIANTS=a OPS=put KEY=str KEYS=words PATTERNS=random,file SCALES=2 "
                             "PRECISION=5%");
    ck_assert_uint_eq(plan.group_count, 2);
    ck_assert_ptr_null(plan.groups[0].keys_file);
    ck_assert_str_eq(plan.groups[1].keys_file, "words");
    plan_free(&plan);
}
END_TEST

/* ---- Schedules ---- */

START_TEST(test_a_round_without_some_groups_has_the_others) {
    struct plan plan;
    struct schedule schedule;
    fixture_good_plan(&plan, "VARIANTS=a,b OPS=put PATTERNS=random SCALES=10 REPS=2+0+0+3\n"
                             "VARIANTS=a OPS=put PATTERNS=random SCALES=20 REPS=2+1+0+0");
    schedule_make(&schedule, &plan, 5);
    ck_assert_uint_eq(schedule.count, plan.processes);
    ck_assert_uint_eq(plan.cells[schedule.slots[6].cell].group, 1);
    for (size_t i = 7; i < schedule.count; i++) {
        ck_assert_uint_eq(plan.cells[schedule.slots[i].cell].group, 0);
        ck_assert_uint_eq(schedule.slots[i].block, 2 + (i - 7) / 2);
    }
    schedule_free(&schedule);
    plan_free(&plan);
}
END_TEST

START_TEST(test_what_is_added_leaves_the_rest_in_its_place) {
    struct plan plan;
    struct schedule before, after;
    fixture_good_plan(&plan, "VARIANTS=a,b,c SCALES=10,20 REPS=9\nVARIANTS=a SCALES=30 REPS=2");
    schedule_make(&before, &plan, 5);
    struct fault fault;
    ck_assert(plan_add_round(&plan, "9", &fault));
    schedule_make(&after, &plan, 5);
    ck_assert_uint_eq(after.count, plan.processes);
    for (size_t i = 0; i < before.count; i++) {
        ck_assert_uint_eq(before.slots[i].cell, after.slots[i].cell);
        ck_assert_uint_eq(before.slots[i].block, after.slots[i].block);
        ck_assert_uint_eq(before.slots[i].position, after.slots[i].position);
    }
    unsigned *blocks = need_zeroed(plan.cell_count * 18, sizeof *blocks);
    for (size_t i = 0; i < after.count; i++) {
        const struct slot *slot = &after.slots[i];
        ck_assert_uint_lt(slot->block, plan.groups[plan.cells[slot->cell].group].reps);
        ck_assert_uint_eq(++blocks[slot->cell * 18 + slot->block], 1);
    }
    free(blocks);
    schedule_free(&before);
    schedule_free(&after);
    plan_free(&plan);
}
END_TEST

START_TEST(test_the_order_of_what_is_added_is_drawn_anew) {
    struct plan plan;
    struct schedule schedule;
    fixture_good_plan(&plan, "VARIANTS=a,b,c SCALES=10,20 REPS=9+9");
    schedule_make(&schedule, &plan, 5);
    size_t half = schedule.count / 2;
    bool same = true;
    for (size_t i = 0; i < half; i++)
        same = same && schedule.slots[i].cell == schedule.slots[half + i].cell;
    ck_assert(!same);
    schedule_free(&schedule);
    plan_free(&plan);
}
END_TEST

/* Every cell once in each block; over the blocks, as often at each position as at any other. */
static void assert_balanced(const struct plan *plan, const struct schedule *schedule) {
    ck_assert_uint_eq(schedule->count, plan->processes);
    for (size_t g = 0; g < plan->group_count; g++) {
        const struct group *group = &plan->groups[g];
        size_t n = group->cell_count;
        unsigned *at = need_zeroed(plan->cell_count * n, sizeof *at);
        unsigned *in = need_zeroed(plan->cell_count * group->reps, sizeof *in);
        for (size_t i = 0; i < schedule->count; i++) {
            const struct slot *slot = &schedule->slots[i];
            if (plan->cells[slot->cell].group != g)
                continue;
            at[slot->cell * n + slot->position]++;
            ck_assert_uint_eq(++in[slot->cell * group->reps + slot->block], 1);
        }
        for (size_t c = 0; c < n; c++)
            for (size_t p = 0; p < n; p++) {
                unsigned often = at[group->cells[c] * n + p];
                ck_assert_uint_ge(often, group->reps / n);
                ck_assert_uint_le(often, (group->reps + n - 1) / n);
            }
        free(at);
        free(in);
    }
}

START_TEST(test_positions_are_balanced) {
    static const char *const plans[] = {
        "VARIANTS=a,b SCALES=10 REPS=20", "VARIANTS=a,b,c SCALES=10 REPS=9",
        "VARIANTS=a,b,c,d,e SCALES=10,20 REPS=12", "VARIANTS=a SCALES=10 REPS=3",
        "VARIANTS=a,b,c,d,e,f,g SCALES=10 REPS=3"};
    for (size_t i = 0; i < sizeof plans / sizeof *plans; i++) {
        struct plan plan;
        struct schedule schedule;
        fixture_good_plan(&plan, plans[i]);
        for (uint64_t seed = 0; seed < 20; seed++) {
            schedule_make(&schedule, &plan, seed);
            assert_balanced(&plan, &schedule);
            schedule_free(&schedule);
        }
        plan_free(&plan);
    }
}
END_TEST

START_TEST(test_blocks_are_contiguous_and_in_turn) {
    struct plan plan;
    struct schedule schedule;
    fixture_good_plan(&plan, "VARIANTS=a,b,c SCALES=10,20 REPS=4\nVARIANTS=a OPS=miss REPS=2");
    schedule_make(&schedule, &plan, 3);
    for (size_t i = 0; i < schedule.count; i++) {
        const struct slot *slot = &schedule.slots[i], *before = slot - 1;
        if (slot->position > 0) {
            ck_assert_uint_eq(slot->position, before->position + 1);
            ck_assert_uint_eq(slot->block, before->block);
            ck_assert_uint_eq(plan.cells[slot->cell].group, plan.cells[before->cell].group);
        } else if (i > 0) {
            ck_assert_uint_ge(slot->block, before->block);
        }
    }
    schedule_free(&schedule);
    plan_free(&plan);
}
END_TEST

static bool same_schedule(const struct plan *plan, uint64_t a, uint64_t b) {
    struct schedule one, other;
    schedule_make(&one, plan, a);
    schedule_make(&other, plan, b);
    bool same = true;
    for (size_t i = 0; i < one.count; i++)
        same = same && one.slots[i].cell == other.slots[i].cell;
    schedule_free(&one);
    schedule_free(&other);
    return same;
}

START_TEST(test_seed_decides) {
    struct plan plan;
    fixture_good_plan(&plan, "VARIANTS=a,b,c SCALES=10,20 REPS=12");
    ck_assert(same_schedule(&plan, 7, 7));
    ck_assert(!same_schedule(&plan, 7, 8));
    plan_free(&plan);
}
END_TEST

START_TEST(test_order_is_not_always_the_same) {
    /* Among many pairs of blocks of two cells both orders come first about equally often, and the
     * groups do not always come in the same order. */
    struct plan plan;
    struct schedule schedule;
    fixture_good_plan(&plan, "VARIANTS=a,b OPS=put PATTERNS=random SCALES=10,20 REPS=400");
    schedule_make(&schedule, &plan, 1);
    unsigned a_first = 0, small_first = 0;
    for (size_t i = 0; i < schedule.count; i += 8) { /* two groups x two cells x two blocks */
        a_first += plan.cells[schedule.slots[i].cell].recipe == 0;
        small_first += plan.cells[schedule.slots[i].cell].group == 0;
    }
    ck_assert_uint_ge(a_first, 60); /* of 200: four standard deviations are 28 */
    ck_assert_uint_le(a_first, 140);
    ck_assert_uint_ge(small_first, 60);
    ck_assert_uint_le(small_first, 140);
    schedule_free(&schedule);
    plan_free(&plan);
}
END_TEST

START_TEST(test_trace_seeds_differ) {
    uint64_t seen[200];
    for (unsigned i = 0; i < 200; i++) {
        seen[i] = schedule_trace_seed(i / 100, i % 100);
        ck_assert_uint_lt(seen[i], (uint64_t)1 << 53);
        ck_assert_uint_eq(seen[i], schedule_trace_seed(i / 100, i % 100));
        for (unsigned j = 0; j < i; j++)
            ck_assert_uint_ne(seen[i], seen[j]);
    }
}
END_TEST

START_TEST(test_trace_seeds_never_change) {
    /* Worked out apart, from SplitMix64's definition: other seeds would be other experiments. */
    ck_assert_uint_eq(schedule_trace_seed(0, 0), UINT64_C(5876733520225071));
    ck_assert_uint_eq(schedule_trace_seed(1, 0), UINT64_C(3316356330981164));
    ck_assert_uint_eq(schedule_trace_seed(1, 11), UINT64_C(8277656600894165));
}
END_TEST

/* In as many turns as there are competitors each stands once at each place, and none follows
 * itself; with two that cannot be, and they alternate. */
START_TEST(test_turns_are_balanced) {
    for (size_t count = 1; count <= 9; count++)
        for (uint64_t seed = 0; seed < 50; seed++) {
            unsigned stood[9][9] = {{0}};
            size_t last = count, turns = 2 * count;
            for (size_t turn = 0; turn < turns; turn++) {
                size_t *order = schedule_turn(seed, turn, count);
                unsigned seen = 0;
                for (size_t p = 0; p < count; p++) {
                    ck_assert_uint_lt(order[p], count);
                    seen |= 1U << order[p];
                    stood[order[p]][p]++;
                    ck_assert(count == 1 || order[p] != last);
                    last = order[p];
                }
                ck_assert_uint_eq(seen, (1U << count) - 1);
                free(order);
            }
            for (size_t i = 0; i < count * count && count != 2; i++)
                ck_assert_uint_eq(stood[i / count][i % count], 2);
        }
}
END_TEST

START_TEST(test_each_block_draws_its_turns) {
    unsigned first[2] = {0};
    for (uint64_t seed = 0; seed < 200; seed++) {
        size_t *order = schedule_turn(schedule_trace_seed(1, (unsigned)seed), 0, 2);
        first[order[0]]++;
        free(order);
    }
    ck_assert_uint_gt(first[0], 60);
    ck_assert_uint_gt(first[1], 60);
}
END_TEST

START_TEST(test_turns_are_a_setting) {
    static const char none[] = "VARIANTS=a,b OPS=put SCALES=10 SAMPLES=3 PIN=none";
    struct plan plan, again;
    char *text = need_format("%s\n%s TURNS=cold\n%s TURNS=warm COPIES=2\n", none, none, none);
    fixture_good_plan(&plan, text);
    free(text);
    ck_assert_uint_eq(plan.group_count, 9); /* what is measured otherwise is no competitor */
    ck_assert_ptr_null(strstr(plan.cells[0].parameters, "turns"));
    ck_assert_str_eq(plan.cells[6].parameters, "turns=cold");
    ck_assert_str_eq(plan.cells[12].parameters, "copy=0 turns=warm");
    ck_assert_int_eq(plan.groups[plan.cells[12].group].turns, TURNS_WARM);
    fixture_good_plan(&again, plan.settings);
    ck_assert_str_eq(again.settings, plan.settings);
    ck_assert_ptr_nonnull(strstr(plan.settings, " COPIES=2 TURNS=warm PIN=none"));
    plan_free(&plan);
    plan_free(&again);
}
END_TEST

/* ---- What other programs are told ---- */

START_TEST(test_what_cannot_be_told_is_a_fault) {
    struct plan plan;
    struct schedule schedule;
    struct fault fault = {""};
    struct machine machine = {.cpu = "a processor", .hardware_counters = "[]", .caches = "[]"};
    fixture_good_plan(&plan, "VARIANTS=a");
    schedule_make(&schedule, &plan, 1);
    char *text = description_text(&plan, &schedule, NULL, &machine, &fault);
    ck_assert_msg(text && strstr(text, "\"cpu\":\"a processor\""), "%s", fault.line);
    free(text);
    strcpy(machine.cpu, "\xff"); /* no UTF-8, so no JSON */
    ck_assert_ptr_null(description_text(&plan, &schedule, NULL, &machine, &fault));
    ck_assert_ptr_nonnull(strstr(fault.line, "cannot be told as JSON: "));
    schedule_free(&schedule);
    plan_free(&plan);
}
END_TEST

/* ---- Words ---- */

START_TEST(test_command_is_quoted_for_a_shell) {
    struct words words = {0};
    words_add(&words, "a/b=c");
    words_add(&words, "it's $here");
    words_add(&words, "");
    char *command = words_command(&words);
    ck_assert_str_eq(command, "a/b=c 'it'\\''s $here' ''");
    free(command);
    words_free(&words);
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("plan");
    tcase_add_test(tests, test_numbers);
    tcase_add_test(tests, test_numbers_are_not_rounded);
    tcase_add_test(tests, test_defaults);
    tcase_add_test(tests, test_settings_are_read_again_as_the_same_plan);
    tcase_add_test(tests, test_faults_name_line_and_setting);
    tcase_add_test(tests, test_a_line_of_several_seeds_is_a_line_for_each_and_lines_take_turns);
    tcase_add_test(tests, test_command_line_holds_where_a_line_is_silent);
    tcase_add_test(tests, test_paths_are_used_but_not_stored);
    tcase_add_test(tests, test_group_holds_what_does_the_same_work);
    tcase_add_test(tests, test_positions_are_balanced);
    tcase_add_test(tests, test_blocks_are_contiguous_and_in_turn);
    tcase_add_test(tests, test_seed_decides);
    tcase_add_test(tests, test_order_is_not_always_the_same);
    tcase_add_test(tests, test_trace_seeds_differ);
    tcase_add_test(tests, test_trace_seeds_never_change);
    tcase_add_test(tests, test_rounds_are_added_to_every_line);
    tcase_add_test(tests, test_a_round_may_give_each_line_another_number);
    tcase_add_test(tests, test_lines_that_share_blocks_get_equally_many_more);
    tcase_add_test(tests, test_what_is_to_be_decided_makes_a_line_of_each_group);
    tcase_add_test(tests, test_keys_of_a_file_have_a_line_of_their_own);
    tcase_add_test(tests, test_a_round_without_some_groups_has_the_others);
    tcase_add_test(tests, test_what_is_added_leaves_the_rest_in_its_place);
    tcase_add_test(tests, test_the_order_of_what_is_added_is_drawn_anew);
    tcase_add_test(tests, test_turns_are_balanced);
    tcase_add_test(tests, test_each_block_draws_its_turns);
    tcase_add_test(tests, test_turns_are_a_setting);
    tcase_add_test(tests, test_what_cannot_be_told_is_a_fault);
    tcase_add_test(tests, test_command_is_quoted_for_a_shell);
    return fixture_main(tests);
}
