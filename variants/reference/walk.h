/* walk.h - all rows of a map, each table row before the rows of its table.
 *
 * The cursor's frames are the way from the root down: frame[i].place is the row that leads to the
 * table at level i, frame[i].next the number of its rows that have been seen.  Visitors, cursors,
 * stats and check all go over the map with this one walk. */
#ifndef WALK_H
#define WALK_H

#include "inside.h"
#include "rows.h"

enum { WALK_DEEPEST = LEVELS + 1 /* tables on the longest way: the last is a collision table */ };

_Static_assert(sizeof((struct hamt_cursor *)0)->frame /
                       sizeof(((struct hamt_cursor *)0)->frame[0]) >=
                   WALK_DEEPEST,
               "a cursor has a frame for each table on the way");

static inline void walk_enter(struct hamt_cursor *cursor, const struct row *table) {
    assert(cursor->depth < WALK_DEEPEST);
    cursor->frame[cursor->depth].place = (uintptr_t)table;
    cursor->frame[cursor->depth].next = 0;
    cursor->depth++;
}

static inline const struct row *walk_table(const struct hamt_cursor *cursor, unsigned level) {
    return (const struct row *)cursor->frame[level].place;
}

/* The next row, NULL after the last.  Tables passed on the way to it: cursor->depth; if it is a
 * table row, its own is among them already. */
static inline const struct row *walk_next(struct hamt_cursor *cursor) {
    for (; cursor->depth > 0; cursor->depth--) {
        unsigned level = (unsigned)cursor->depth - 1;
        const struct row *table = walk_table(cursor, level);
        if (cursor->frame[level].next == table_count(table, level))
            continue;
        const struct row *row = &table->rows[cursor->frame[level].next++];
        if (!row_is_value(row) && cursor->depth < WALK_DEEPEST)
            walk_enter(cursor, row);
        return row;
    }
    return NULL;
}

/* The next value row, NULL after the last. */
static inline const struct row *walk_next_value(struct hamt_cursor *cursor) {
    const struct row *row = walk_next(cursor);
    while (row && !row_is_value(row))
        row = walk_next(cursor);
    return row;
}

/* Would a search for this hash come to the row that the walk has just returned? */
static inline bool walk_agrees(const struct hamt_cursor *cursor, uint64_t hash) {
    for (unsigned level = 0; level < (unsigned)cursor->depth && level < LEVELS; level++) {
        const struct row *table = walk_table(cursor, level);
        unsigned chunk = chunk_at(hash, level);
        if (!table_has(table, chunk) ||
            table_position(table, chunk) != cursor->frame[level].next - 1)
            return false;
    }
    return true;
}

#endif
