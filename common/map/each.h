/* each.h - hamt_each by a cursor, for layouts that find the next entry as fast by a cursor as by
 * calling themselves. */
#ifndef EACH_H
#define EACH_H

#include "inside.h"

bool hamt_each(const struct hamt *map, hamt_visitor *visit, void *context) {
    struct hamt_cursor cursor;
    hamt_key key;
    uint64_t value;
    hamt_cursor_begin(&cursor, map);
    while (hamt_cursor_next(&cursor, &key, &value) == HAMT_ENTRY)
        if (!visit(key, value, context))
            return false;
    return true;
}

#endif
