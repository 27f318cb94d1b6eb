/* csv.c - see csv.h. */
#include "csv.h"

#include "need.h"

#include <stdlib.h>
#include <string.h>

void csv_write(FILE *file, const char *text, bool first) {
    if (!first)
        fputc(',', file);
    bool quote = text && (*text == '\0' || strpbrk(text, ",\"\r\n"));
    if (quote)
        fputc('"', file);
    for (; text && *text; text++) {
        if (*text == '"')
            fputc('"', file);
        fputc(*text, file);
    }
    if (quote)
        fputc('"', file);
}

void csv_end(FILE *file) {
    fputc('\n', file);
}

static void append(struct csv_record *record, int character) {
    record->text = need_room(record->text, record->length, 1);
    record->text[record->length++] = (char)character;
}

/* Reads one field, appends it with a NUL, and returns the character after it: ',', '\n' or EOF;
 * 0 if this is not CSV. */
static int read_field(FILE *file, struct csv_record *record, bool *quoted) {
    int c = getc(file);
    *quoted = c == '"';
    if (*quoted) {
        /* A quote inside is written twice; a single one ends the text. */
        while ((c = getc(file)) != '"' || (c = getc(file)) == '"') {
            if (c == EOF || c == '\0') /* a NUL would end the text before its end */
                return 0;
            append(record, c);
        }
    } else {
        for (; c != ',' && c != '\n' && c != '\r' && c != EOF; c = getc(file)) {
            if (c == '"' || c == '\0')
                return 0;
            append(record, c);
        }
    }
    append(record, '\0');
    if (c == '\r')
        c = getc(file);
    return c == ',' || c == '\n' || c == EOF ? c : 0;
}

int csv_read(FILE *file, struct csv_record *record) {
    csv_free(record);
    int c = getc(file);
    if (c == EOF)
        return ferror(file) ? -1 : 0;
    ungetc(c, file);

    /* The text moves while it grows, so first note where fields begin: 0 stands for none. */
    size_t *starts = NULL;
    size_t count = 0;
    do {
        size_t start = record->length;
        bool quoted;
        c = read_field(file, record, &quoted);
        starts = need_room(starts, count, sizeof *starts);
        starts[count++] = quoted || record->length > start + 1 ? start + 1 : 0;
    } while (c == ',');

    record->field = need_zeroed(count, sizeof *record->field);
    record->count = count;
    for (size_t i = 0; i < count; i++)
        record->field[i] = starts[i] ? record->text + starts[i] - 1 : NULL;
    free(starts);
    return c == 0 || ferror(file) ? -1 : 1;
}

void csv_free(struct csv_record *record) {
    free(record->field);
    free(record->text);
    *record = (struct csv_record){0};
}
