/* options.c - see options.h. */
#define _DEFAULT_SOURCE 1
#include "options.h"

#include "need.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char options_help[] =
    "usage: run --variants A,B,... [options]\n"
    "\n"
    "Measures every combination of the settings, and stores every sample.\n"
    "Given again after an interruption, the same command goes on where it stopped.\n"
    "\n"
    "settings, one value or several with commas between:\n"
    "  --variants LIST     variants, compositions or directories\n"
    "  --ops LIST          operations (put,get), of those that the cell has: cell --describe\n"
    "  --patterns LIST     patterns of keys (sequential,shuffled,random), likewise\n"
    "  --keys FILE         the keys of the pattern file, one on each line, as they come\n"
    "  --scales LIST       numbers of entries: 1000, 1e6, 10K, 1M\n"
    "  --hash LIST         directories of common/hash\n"
    "  --key LIST          directories of common/key\n"
    "  --alloc LIST        " SYSTEM_ALLOCATOR
    ", names in experiments/allocators.conf, paths of libraries\n"
    "  --reps N            processes for each cell; N+M: M more, in blocks behind those of N\n"
    "  --samples N         measurements in each process\n"
    "  --seed LIST         of the traces and of the order: 1; 1..50, or 1..49..4, is each alone\n"
    "  --parameters LIST   of the cell: name=value, blanks between; pool_slots=64, for instance\n"
    "  --cell NAME         the program that measures (map)\n"
    "  --copies N          each competitor so many times in a block\n"
    "  --same allowed      competitors may be one program under two names; refused otherwise\n"
    "  --turns WAY         competitors are alive together and take samples in turn: none; warm, "
    "an\n"
    "                      untimed pass before each sample; cold, without\n"
    "  --precision SHARE   what is to be decided, by blocks that are added until it is: the half-\n"
    "                      width of every ratio, 5%, or\n"
    "  --decide SHARE      each ratio below or above 1, or within 2% of it\n"
    "  --pin CORE          keep the processes on a core: its number, last, or none\n"
    "  --plan FILE         a grid of settings on each line, as NAME=value\n"
    "\n"
    "what happens with it:\n"
    "  --store FILE        where it is stored (results/hamtlab.sqlite)\n"
    "  --name NAME         what the experiment is called\n"
    "  --timeout SECONDS   for one process (300)\n"
    "  --export DIR        at the end, write the experiment as CSV below DIR\n"
    "  --more N            add N processes for each cell to the newest finished experiment of "
    "these\n"
    "                      settings, or to --experiment ID; N,M,...: N to the first line of its\n"
    "                      plan, and so on\n"
    "  --experiment ID     with --export: write that stored experiment, measure nothing; the\n"
    "                      beginning of its id is enough\n"
    "  --import DIR        read an exported experiment into the store, measure nothing\n"
    "  --shard I/N         measure every N-th block, the I-th first; merging the stores of all N "
    "gives\n"
    "                      the experiment\n"
    "  --from RUN          measure no block before this run of the schedule (0), as other stores "
    "have them\n"
    "  --describe          tell as JSON how many runs, cells and blocks would be measured\n"
    "  --build             build the programs, measure nothing, and tell as JSON the same, how "
    "the\n"
    "                      experiment's id begins here, and on what machine\n"
    "  --dry-run           tell what would be measured, how long it takes and how much memory\n"
    "  --make COMMAND      what builds the programs (make)\n";

enum {
    OPTION_PLAN = SET_COUNT,
    OPTION_STORE,
    OPTION_NAME,
    OPTION_EXPORT,
    OPTION_EXPERIMENT,
    OPTION_IMPORT,
    OPTION_MAKE,
    OPTION_MORE,
    OPTION_TIMEOUT,
    OPTION_SHARD,
    OPTION_FROM,
    OPTION_BUILD,
    OPTION_DESCRIBE,
    OPTION_DRY_RUN,
    OPTION_HELP,
    OPTION_COUNT
};

/* Everything that is not a setting; settings are looked up in settings.c. */
static const struct option others[OPTION_COUNT - SET_COUNT] = {
    {"plan", required_argument, NULL, OPTION_PLAN},
    {"store", required_argument, NULL, OPTION_STORE},
    {"name", required_argument, NULL, OPTION_NAME},
    {"export", required_argument, NULL, OPTION_EXPORT},
    {"experiment", required_argument, NULL, OPTION_EXPERIMENT},
    {"import", required_argument, NULL, OPTION_IMPORT},
    {"make", required_argument, NULL, OPTION_MAKE},
    {"more", required_argument, NULL, OPTION_MORE},
    {"timeout", required_argument, NULL, OPTION_TIMEOUT},
    {"shard", required_argument, NULL, OPTION_SHARD},
    {"from", required_argument, NULL, OPTION_FROM},
    {"build", no_argument, NULL, OPTION_BUILD},
    {"describe", no_argument, NULL, OPTION_DESCRIBE},
    {"dry-run", no_argument, NULL, OPTION_DRY_RUN},
    {"help", no_argument, NULL, OPTION_HELP},
};

static bool set_timeout(struct options *options, const char *text, struct fault *fault) {
    char *end;
    options->timeout = strtod(text, &end);
    return (end != text && *end == '\0' && options->timeout >= 0.01 && options->timeout <= 1e6) ||
           fault_set(fault, "TIMEOUT=%s: must be a number of seconds from 0.01 to 1000000", text);
}

static bool set_shard(struct options *options, const char *text, struct fault *fault) {
    char *slash;
    unsigned long index = strtoul(text, &slash, 10);
    uint64_t count = 0;
    bool good = *text >= '0' && *text <= '9' && *slash == '/' &&
                number_read(slash + 1, 1, 1000, &count) && index >= 1 && index <= count;
    options->shard = (struct shard){.index = (unsigned)index - 1, .count = (unsigned)count};
    return good ||
           fault_set(fault, "SHARD=%s: must be a part and how many there are, as in 1/2", text);
}

static bool set_name(struct options *options, const char *text, struct fault *fault) {
    options->name = text;
    return word_is_name(text) ||
           fault_set(fault,
                     "NAME=%s: must be 1 to 64 letters, digits, . _ or -, and begin with a "
                     "letter, a digit or _",
                     text);
}

/* "6", or "6,0,12". */
static bool set_more(struct options *options, const char *text, struct fault *fault) {
    struct words counts = {0};
    bool good = true, some = false;
    options->more = text;
    words_split(&counts, text, ',');
    for (size_t i = 0; good && i < counts.count; i++) {
        uint64_t count = 0;
        good = number_read(counts.word[i], 0, REPS_MAX, &count);
        some = some || count > 0;
    }
    words_free(&counts);
    return (good && some) ||
           fault_set(fault,
                     "MORE=%s: must be a whole number from 1 to %d, or one for each line of the "
                     "plan, with commas between, 0 for a line that gets none",
                     text, REPS_MAX);
}

static bool set_option(struct options *options, int option, const char *text, struct fault *fault) {
    if (option < SET_COUNT) {
        options->given[option] = text;
        return true;
    }
    switch (option) {
    case OPTION_PLAN:
        options->plan = text;
        return true;
    case OPTION_STORE:
        options->store = text;
        return true;
    case OPTION_NAME:
        return set_name(options, text, fault);
    case OPTION_EXPORT:
        options->export_to = text;
        return true;
    case OPTION_EXPERIMENT:
        options->experiment = text;
        return *text ||
               fault_set(fault, "EXPERIMENT=: must be the id of a stored experiment, or its"
                                " beginning; make experiments lists them");
    case OPTION_IMPORT:
        options->import_from = text;
        return *text || fault_set(fault, "FROM=: must be the directory of an export");
    case OPTION_MAKE:
        options->make = text;
        return true;
    case OPTION_MORE:
        return set_more(options, text, fault);
    case OPTION_TIMEOUT:
        return set_timeout(options, text, fault);
    case OPTION_SHARD:
        return set_shard(options, text, fault);
    case OPTION_FROM:
        return number_read(text, 0, PLAN_PROCESSES_MAX, &options->from) ||
               fault_set(fault, "--from %s: must be the number of a run, from 0", text);
    case OPTION_BUILD:
        options->build = true;
        return true;
    case OPTION_DESCRIBE:
        options->describe = true;
        return true;
    case OPTION_DRY_RUN:
        options->dry_run = true;
        return true;
    default:
        options->help = true;
        return true;
    }
}

/* A store that cannot be made is better told now than after an hour of building. */
static bool check_store(const char *path, struct fault *fault) {
    const char *slash = strrchr(path, '/');
    char *directory = slash ? need_format("%.*s", (int)(slash - path) + 1, path) : need_copy(".");
    bool good =
        (path[0] != '\0' && access(directory, W_OK | X_OK) == 0) ||
        fault_set(fault, "STORE=%s: %s is not a directory that can be written to", path, directory);
    free(directory);
    return good;
}

bool options_read(struct options *options, int argc, char **argv, struct fault *fault) {
    *options = (struct options){
        .store = "results/hamtlab.sqlite", .make = "make", .timeout = 300, .shard = {0, 1}};
    struct option table[OPTION_COUNT + 1] = {0};
    for (enum setting s = 0; s < SET_COUNT; s++)
        table[s] = (struct option){setting_option(s), required_argument, NULL, (int)s};
    memcpy(table + SET_COUNT, others, sizeof others);

    opterr = 0;
    optind = 1;
    for (int option; (option = getopt_long(argc, argv, ":", table, NULL)) != -1;) {
        if (option == '?')
            return fault_set(fault, "%s: no such option; --help shows those there are",
                             argv[optind - 1]);
        if (option == ':')
            return fault_set(fault, "%s: a value must follow", argv[optind - 1]);
        if (!set_option(options, option, optarg, fault))
            return false;
    }
    if (optind < argc)
        return fault_set(fault, "%s: is not an option; --help shows those there are", argv[optind]);
    if (options->experiment && !options->export_to && !options->more)
        return fault_set(fault, "--experiment: is for use with --export or --more");
    bool settings = options->plan != NULL;
    for (enum setting s = 0; s < SET_COUNT; s++)
        settings = settings || options->given[s];
    if (options->experiment && options->more && settings)
        return fault_set(fault, "EXPERIMENT=%s: its settings are stored with it; give no others",
                         options->experiment);
    bool stores = !options->help && !options->dry_run && !options->describe && !options->build;
    return !stores || check_store(options->store, fault);
}
