/* manifest.c - see manifest.h. */
#include "manifest.h"

#include "csv.h"
#include "need.h"
#include "schema.h"
#include "words.h"

#include <errno.h>
#include <nettle/sha2.h>
#include <stdlib.h>
#include <string.h>

/* The lines on one table's file, each to be freed. */
struct entry {
    char *rows, *sum;
};

static void entry_free(struct entry *entry) {
    free(entry->rows);
    free(entry->sum);
}

static void add_sum(struct entry *entry, FILE *file, const char *table) {
    struct sha256_ctx context;
    sha256_init(&context);
    unsigned char piece[65536];
    for (size_t got; (got = fread(piece, 1, sizeof piece, file)) > 0;)
        sha256_update(&context, got, piece);
    unsigned char digest[SHA256_DIGEST_SIZE];
    sha256_digest(&context, sizeof digest, digest);
    char hex[2 * SHA256_DIGEST_SIZE + 1];
    for (size_t i = 0; i < sizeof digest; i++)
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    entry->sum = need_format("%s  %s.csv", hex, table);
}

/* False if the file is not CSV, or cannot be read. */
static bool add_rows(struct entry *entry, FILE *file) {
    struct csv_record record = {0};
    size_t records = 0;
    int result;
    while ((result = csv_read(file, &record)) == 1)
        records++;
    csv_free(&record);
    size_t rows = records ? records - 1 : 0; /* the first names the columns */
    entry->rows = need_format("# %zu row%s", rows, rows == 1 ? "" : "s");
    return result == 0;
}

static bool describe(struct entry *entry, const char *directory, const char *table,
                     struct fault *fault) {
    *entry = (struct entry){0};
    char *path = need_format("%s/%s.csv", directory, table);
    FILE *file = fopen(path, "rb");
    bool good = file || fault_set(fault, "%s: %s", path, strerror(errno));
    if (good) {
        add_sum(entry, file, table);
        good = !ferror(file) || fault_set(fault, "%s: cannot be read", path);
        rewind(file);
        good =
            good && (add_rows(entry, file) || fault_set(fault, "%s: is not CSV to its end", path));
        fclose(file);
    }
    free(path);
    return good;
}

#define TITLE "# hamtlab export, tables of version "

static char *title(void) {
    return need_format(TITLE "%d, form %d", SCHEMA_VERSION, EXPORT_FORM);
}

bool manifest_write(const char *directory, struct fault *fault) {
    char *path = need_format("%s/%s", directory, MANIFEST);
    FILE *file = fopen(path, "wb");
    bool good = file || fault_set(fault, "%s: %s", path, strerror(errno));
    if (file) {
        char *first = title();
        fprintf(file, "%s\n", first);
        free(first);
        for (const struct schema_table *table = schema_tables; good && table->name; table++) {
            struct entry entry;
            good = describe(&entry, directory, table->name, fault);
            if (good)
                fprintf(file, "%s\n%s\n", entry.rows, entry.sum);
            entry_free(&entry);
        }
        bool written = !ferror(file);
        written = fclose(file) == 0 && written;
        good = good && (written || fault_set(fault, "%s: cannot be written", path));
    }
    free(path);
    return good;
}

/* Are the two lines of a table what its file says? */
static bool check_entry(const char *directory, const char *table, const char *rows, const char *sum,
                        struct fault *fault) {
    struct entry entry;
    bool good = describe(&entry, directory, table, fault);
    if (good && strcmp(entry.rows, rows) != 0)
        good = fault_set(fault, "%s/%s.csv: has %s, and %s tells of %s", directory, table,
                         entry.rows + 2, MANIFEST, strncmp(rows, "# ", 2) == 0 ? rows + 2 : "none");
    else if (good && strcmp(entry.sum, sum) != 0)
        good = fault_set(fault,
                         "%s/%s.csv: was changed since it was exported: its sum is not that"
                         " in %s",
                         directory, table, MANIFEST);
    entry_free(&entry);
    return good;
}

bool manifest_check(const char *directory, struct fault *fault) {
    char *path = need_format("%s/%s", directory, MANIFEST);
    FILE *file = fopen(path, "rb");
    if (!file) {
        fault_set(fault, "%s: %s", path, strerror(errno));
        free(path);
        return false;
    }
    char text[4096]; /* far more than the lines of all tables take */
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);

    struct words lines = {0};
    words_split(&lines, text, '\n');
    char *first = title();
    const char *said = lines.word[0];
    bool good = strcmp(said, first) == 0;
    if (!good && strncmp(said, TITLE, strlen(TITLE)) == 0)
        fault_set(fault, "%s: its tables are of version %s; this program knows version %s",
                  directory, said + strlen(TITLE), first + strlen(TITLE));
    else if (!good)
        fault_set(fault, "%s: its first line is not: %s", path, first);
    free(first);
    size_t line = 1;
    for (const struct schema_table *table = schema_tables; good && table->name; table++, line += 2)
        good =
            line + 1 < lines.count
                ? check_entry(directory, table->name, lines.word[line], lines.word[line + 1], fault)
                : fault_set(fault, "%s: does not tell of %s.csv", path, table->name);
    words_free(&lines);
    free(path);
    return good;
}
