/* line_json.h - what a cell adds to a sample's line (line.h) where it has it as a JSON object. */
#ifndef LINE_JSON_H
#define LINE_JSON_H

#include <jansson.h>
#include <stdio.h>

/* Adds the members of an object, which has some, and takes it over; nothing if it could not be
 * made, so that the runner names what is missing. */
static inline void line_add(json_t *members) {
    if (!members)
        return;
    putchar(',');
    json_dumpf(members, stdout, JSON_COMPACT | JSON_REAL_PRECISION(17) | JSON_EMBED);
    json_decref(members);
}

#endif
