/* hamt.c (reference) - the design of libhamt, written anew.
 *
 * libhamt (mkirchner/hamt on GitHub, commit 100ec3e) is the C library that the seed documents took
 * for their yardstick.  This is its layout, its memory and its way of calling out, so that the
 * yardstick stands on the same bench as everything it measures: same keys, same hash, same clock,
 * every answer checked.
 *
 * The idea
 * ========
 * A trie looks a key up piece by piece.  A hash trie takes the pieces from the key's hash, in
 * chunks of five bits: the lowest chunk chooses one of 32 rows in the root table, which leads to
 * another table, where the next chunk chooses, and so on.  After log32(n) tables, four for a
 * million keys, a key is alone.
 *
 * Most of 32 rows would be empty, so a table keeps only those in use, without gaps, and a bitmap
 * says which they are.  The row for chunk i stands at the position that is the number of bits set
 * below bit i:
 *
 *     root     { rows, bitmap ..0110010 }              rows for the chunks 1, 4 and 5
 *                 |
 *                 +-> [ 1: value row | 4: table row | 5: value row ]
 *                           |             |
 *        key, value <-------+             +-> [ value row | value row ]      told apart by the
 *                                                  |           |             next chunk
 *
 * There are no nodes.  A row is two words, and a bit in the first tells which of two kinds it is:
 * it leads to a key and its value, or to a table, whose bitmap then stands in the second word
 * (rows.h).  One step down costs one access to memory that depends on the step before: to the row,
 * which holds both the bitmap and the pointer that the next step needs.
 *
 * Growing and shrinking
 * =====================
 * A key gets a row in the first table where no other key is in its way.  If there is a row already,
 * and it is a value row of another key, a table takes its place and holds both; while the two
 * hashes choose the same row, that is a chain of tables of one row each, with the fork at its end
 * (split).  So a table stands only where two keys share a prefix, and the shape of the trie depends
 * on which keys are in it but not on how they got there.  hamt_remove keeps to that: when one value
 * row is left alone in a table, it takes the place of the row that led to the table, and of the
 * chain above it (gather).
 *
 * A table has exactly the size it needs.  To get or lose a row it moves to another one, and pools
 * with a free list for each size make that cheap (tables.h).
 *
 * What the design costs
 * =====================
 * Keys and values are behind pointers: libhamt's rows point into the memory of its caller, and the
 * caller gives functions that hash and compare what is there.  Both belong to the design, and both
 * are kept.  A lookup ends with an access to the key, which the row itself does not hold, and to
 * get there makes two calls through pointers that no compiler can see through.  Since our API hands
 * keys and values over by copy, the map plays the caller as well, and keeps them in records, in the
 * order of insertion (records.h).  Compare the bytes per entry with that in mind: stats counts
 * records as HAMT_BYTES_ENTRIES, and libhamt's own accounts would leave them out.
 *
 * Where this differs from libhamt
 * ===============================
 * - The hash has 64 bits and is taken once.  libhamt's has 32 bits; after each six levels it takes
 *   another one of the same key, seeded with the level.  Where it splits below the sixth level, it
 *   hashes the key that is in the way with another seed than the one by which that key will be
 *   searched; the key is put where no search comes by, and is lost.  Here no bits run out before
 *   level 13, and there is nothing to confuse.
 * - Keys whose 64 bits are equal share a collision table, searched row by row.  libhamt, which
 *   never runs out of hashes, has no such thing; two keys that agree in all of them would send it
 *   down for ever.  As any table, this one moves with each row it gets or loses, so c colliding
 *   keys cost not only c comparisons but also the copying of c rows, each behind two pointers:
 *   where keys are chosen to collide, this layout is the slowest of all.
 * - When memory runs out, nothing has changed: what a put needs is built first and attached last.
 *   A remove that is denied a smaller table stays in the larger one.
 * - Pools start small and are given back when the map is empty; libhamt's default cache starts with
 *   room for about a million tables.
 * - No path copying: our maps are not persistent. */
#include "hamt.h"

#include "config.h"
#include "records.h"
#include "rows.h"
#include "tables.h"
#include "walk.h"

#include "one_by_one.h"

struct hamt {
    struct row root;  /* a table row; one without rows if the map is empty */
    size_t size;      /* entries */
    uint64_t changes; /* keys added and removed so far: what makes a cursor stale */
    uint64_t hash_seed;
    uint64_t (*hash)(const hamt_key *key, uint64_t seed);
    bool (*equal)(const hamt_key *a, const hamt_key *b);
    struct tables tables;
    struct records records;
};

/* ---- Making and freeing ---- */

static uint64_t call_hash(const hamt_key *key, uint64_t seed) {
    return key_hash(*key, seed);
}

static bool call_equal(const hamt_key *a, const hamt_key *b) {
    return key_equal(*a, *b);
}

unsigned hamt_traits(void) {
    return HAMT_OUR_OWN | HAMT_CANONICAL;
}

struct hamt *hamt_create(const struct hamt_config *config) {
    struct hamt_config chosen;
    if (!config_chosen(config, &chosen))
        return NULL;
    struct hamt *map = mem_alloc(sizeof *map);
    if (!map)
        return NULL;
    *map = (struct hamt){
        .hash_seed = chosen.hash_seed,
        .hash = call_hash,
        .equal = call_equal,
        .records = {.expected = chosen.size_hint},
    };
    return map;
}

/* An empty map holds what a new one does. */
static void release_if_empty(struct hamt *map) {
    if (map->size > 0)
        return;
    tables_release(&map->tables);
    records_release(&map->records);
}

/* ---- Searching ---- */

/* How far a search has come. */
struct trail {
    const hamt_key *key;
    uint64_t hash;
    unsigned level; /* chunks of the hash that have been used */
    unsigned shift; /* and the bits in them */
};

struct place {
    struct row *table; /* the row that leads to the table in which a search ended */
    struct row *row;   /* the value row that it came to there, NULL if none */
    unsigned level;    /* the level of the table */
    bool found;        /* is the row the key's own? */
};

static inline void trail_step(struct trail *trail) {
    trail->level++;
    trail->shift += CHUNK_BITS;
}

static struct row *collision_row(const struct hamt *map, const struct row *table,
                                 const hamt_key *key) {
    for (uint32_t i = 0; i < table->count; i++)
        if (map->equal(key, table->rows[i].key))
            return &table->rows[i];
    return NULL;
}

/* The row of a table to which the trail leads, NULL if there is none. */
static inline struct row *trail_row(const struct trail *trail, const struct hamt *map,
                                    const struct row *table) {
    if (trail->level == LEVELS)
        return collision_row(map, table, trail->key);
    unsigned chunk = (unsigned)(trail->hash >> trail->shift) & (FAN_OUT - 1);
    return table_has(table, chunk) ? &table->rows[table_position(table, chunk)] : NULL;
}

/* Searches on from the table behind `table`.
 * path: NULL, or where to put the rows that lead to the tables on the way, `table` being the first.
 */
OUTLINED struct place search_from(const struct hamt *map, struct row *table, struct trail *trail,
                                  struct row **path) {
    struct row *row = trail_row(trail, map, table);
    if (path)
        *path++ = table;
    if (!row)
        return (struct place){table, NULL, trail->level, false};
    if (row_is_value(row))
        return (struct place){table, row, trail->level, map->equal(trail->key, row->key)};
    trail_step(trail);
    return search_from(map, row, trail, path);
}

static inline struct place search(const struct hamt *map, const hamt_key *key, uint64_t hash,
                                  struct row **path) {
    struct trail trail = {.key = key, .hash = hash};
    struct row *root = (struct row *)&map->root; /* a caller with a const map only reads */
    return search_from(map, root, &trail, path);
}

bool hamt_get(const struct hamt *map, hamt_key key, uint64_t *value) {
    struct place place = search(map, &key, map->hash(&key, map->hash_seed), NULL);
    if (place.found)
        *value = *row_value(place.row);
    return place.found;
}

size_t hamt_size(const struct hamt *map) {
    return map->size;
}

/* ---- Changing a table ---- */

/* Adds a row to a table that has none for this hash.  False when memory is out. */
OUTLINED bool table_insert(struct tables *tables, struct row *table, unsigned level, uint64_t hash,
                           struct row row) {
    unsigned count = table_count(table, level);
    struct row *rows = tables_alloc(tables, count + 1);
    if (!rows)
        return false;
    unsigned position = count;
    if (level < LEVELS) {
        unsigned chunk = chunk_at(hash, level);
        assert(!table_has(table, chunk));
        position = table_position(table, chunk);
        table->bitmap |= chunk_bit(chunk);
    } else {
        table->count++;
    }
    if (count > 0) {
        memcpy(rows, table->rows, position * sizeof *rows);
        memcpy(rows + position + 1, table->rows + position, (count - position) * sizeof *rows);
        tables_free(tables, table->rows, table->room);
    }
    rows[position] = row;
    table->rows = rows;
    table->room = count + 1;
    return true;
}

/* Takes a row out of a table.  Denied a smaller array, the table stays in the one it has. */
static void table_erase(struct tables *tables, struct row *table, unsigned level, unsigned position,
                        uint64_t hash) {
    unsigned left = table_count(table, level) - 1;
    struct row *old = table->rows, *rows = NULL;
    unsigned old_room = table->room, room = 0;
    if (left > 0) {
        rows = tables_alloc(tables, left);
        room = rows ? left : old_room;
        if (rows)
            memcpy(rows, old, position * sizeof *rows);
        else
            rows = old;
        memmove(rows + position, old + position + 1, (left - position) * sizeof *rows);
    }
    if (rows != old)
        tables_free(tables, old, old_room);
    table->rows = rows;
    table->room = room;
    if (level < LEVELS)
        table->bitmap &= ~chunk_bit(chunk_at(hash, level));
    else
        table->count--;
}

/* A table of two rows at `level`, where their hashes differ, or below the last level.  *table
 * becomes the row that leads to it.  False when memory is out. */
static bool table_fork(struct tables *tables, struct row *table, unsigned level, uint64_t hash_one,
                       struct row one, uint64_t hash_two, struct row two) {
    struct row *rows = tables_alloc(tables, 2);
    if (!rows)
        return false;
    *table = (struct row){.rows = rows, .count = 2, .room = 2};
    bool one_is_second = false;
    if (level < LEVELS) {
        unsigned chunk_one = chunk_at(hash_one, level), chunk_two = chunk_at(hash_two, level);
        assert(chunk_one != chunk_two);
        one_is_second = chunk_one > chunk_two;
        table->bitmap = chunk_bit(chunk_one) | chunk_bit(chunk_two);
    }
    rows[one_is_second] = one;
    rows[!one_is_second] = two;
    return true;
}

/* Puts a table of one row at `level` on top of *table, which becomes the row that leads to it.
 * False when memory is out. */
static bool table_wrap(struct tables *tables, struct row *table, unsigned level, uint64_t hash) {
    struct row *rows = tables_alloc(tables, 1);
    if (!rows)
        return false;
    rows[0] = *table;
    *table = (struct row){.rows = rows, .bitmap = chunk_bit(chunk_at(hash, level)), .room = 1};
    return true;
}

/* Frees a chain of tables down to and with the first one that begins with a value row. */
static void table_free_chain(struct tables *tables, struct row table) {
    while (!row_is_value(&table)) {
        struct row first = table.rows[0];
        tables_free(tables, table.rows, table.room);
        table = first;
    }
}

/* ---- Putting ---- */

/* Puts `row` where the search for its hash came to a value row of another key: both move down to
 * the level where their hashes differ.  False when memory is out; nothing has changed then. */
OUTLINED bool split(struct hamt *map, struct place place, uint64_t hash, struct row row) {
    uint64_t other = map->hash(place.row->key, map->hash_seed);
    unsigned level = chunk_divergence(hash, other);
    assert(level > place.level);
    struct row top;
    if (!table_fork(&map->tables, &top, level, hash, row, other, *place.row))
        return false;
    while (--level > place.level) {
        if (!table_wrap(&map->tables, &top, level, hash)) {
            table_free_chain(&map->tables, top);
            return false;
        }
    }
    *place.row = top;
    return true;
}

OUTLINED bool put_new(struct hamt *map, struct place place, uint64_t hash, hamt_key key,
                      uint64_t value) {
    struct record *record = record_new(&map->records, key, value);
    if (!record)
        return false;
    struct row row = row_of_value(&record->key, &record->value);
    if (place.row ? split(map, place, hash, row)
                  : table_insert(&map->tables, place.table, place.level, hash, row))
        return true;
    record_drop(&map->records, record);
    return false;
}

enum hamt_put_result hamt_put(struct hamt *map, hamt_key key, uint64_t value) {
    uint64_t hash = map->hash(&key, map->hash_seed);
    struct place place = search(map, &key, hash, NULL);
    if (place.found) {
        *row_value(place.row) = value;
        return HAMT_REPLACED;
    }
    if (!put_new(map, place, hash, key, value)) {
        release_if_empty(map);
        return HAMT_NO_MEMORY;
    }
    map->size++;
    map->changes++;
    return HAMT_NEW;
}

/* ---- Removing ---- */

/* Frees the table at path[level], of whose two rows `last` is to stay, and gives `last` its place:
 * that of the row which led there, or further up if nothing else was on the way. */
static void gather(struct tables *tables, struct row **path, unsigned level, struct row last) {
    do {
        tables_free(tables, path[level]->rows, path[level]->room);
        level--;
    } while (level > 0 && table_count(path[level], level) == 1);
    *path[level + 1] = last;
}

bool hamt_remove(struct hamt *map, hamt_key key) {
    struct row *path[LEVELS + 1];
    uint64_t hash = map->hash(&key, map->hash_seed);
    struct place place = search(map, &key, hash, path);
    if (!place.found)
        return false;
    struct record *record = (struct record *)place.row->key;
    struct row *rows = place.table->rows;
    unsigned position = (unsigned)(place.row - rows);
    if (place.level > 0 && table_count(place.table, place.level) == 2 &&
        row_is_value(&rows[!position]))
        gather(&map->tables, path, place.level, rows[!position]);
    else
        table_erase(&map->tables, place.table, place.level, position, hash);
    record_drop(&map->records, record);
    map->size--;
    map->changes++;
    release_if_empty(map);
    return true;
}

/* ---- Iteration ---- */

void hamt_cursor_begin(struct hamt_cursor *cursor, const struct hamt *map) {
    cursor->map = map;
    cursor->changes = map->changes;
    cursor->depth = 0;
    walk_enter(cursor, &map->root);
}

enum hamt_cursor_result hamt_cursor_next(struct hamt_cursor *cursor, hamt_key *key,
                                         uint64_t *value) {
    if (cursor->changes != cursor->map->changes)
        return HAMT_STALE;
    const struct row *row = walk_next_value(cursor);
    if (!row)
        return HAMT_END;
    *key = *row->key;
    *value = *row_value(row);
    return HAMT_ENTRY;
}

bool hamt_each(const struct hamt *map, hamt_visitor *visit, void *context) {
    struct hamt_cursor cursor;
    hamt_cursor_begin(&cursor, map);
    for (const struct row *row; (row = walk_next_value(&cursor));)
        if (!visit(*row->key, *row_value(row), context))
            return false;
    return true;
}

/* Only collision tables can be larger than the pools' tables, and no table is below them. */
static void free_large_tables(struct hamt *map) {
    struct hamt_cursor cursor;
    hamt_cursor_begin(&cursor, map);
    for (const struct row *row; map->tables.large > 0 && (row = walk_next(&cursor));) {
        if (!row_is_value(row) && row->room > FAN_OUT) {
            tables_free(&map->tables, row->rows, row->room);
            cursor.depth--;
        }
    }
}

void hamt_destroy(struct hamt *map) {
    if (!map)
        return;
    free_large_tables(map);
    tables_release(&map->tables);
    records_release(&map->records);
    mem_free(map);
}

/* ---- Looking inside ---- */

/* A collision table stands for a leaf of several entries: nothing branches there. */
static void count_table(struct hamt_stats *stats, const struct row *table, unsigned level) {
    stats->pool_slots_live += table->room;
    if (table->room > FAN_OUT)
        count_block(stats, HAMT_BYTES_CHILDREN, table->rows);
    if (level == LEVELS) {
        stats->leaves++;
        stats->leaves_at_level[LEVELS]++;
        return;
    }
    unsigned count = table_count(table, level);
    stats->inner_nodes++;
    stats->inner_at_level[level]++;
    stats->children[count]++;
    stats->child_pointers += count;
}

static void count_value(struct hamt_stats *stats, const struct row *row, unsigned depth) {
    count_block(stats, HAMT_BYTES_KEYS, key_block(*row->key));
    if (depth <= LEVELS) {
        stats->leaves++;
        stats->leaves_at_level[depth]++;
    } else {
        depth = LEVELS;
    }
    stats->depth_sum += depth;
    if (stats->depth_max < depth)
        stats->depth_max = depth;
}

void hamt_stats(const struct hamt *map, struct hamt_stats *stats) {
    *stats = (struct hamt_stats){.entries = map->size};
    count_block(stats, HAMT_BYTES_MAP, map);
    tables_count(&map->tables, stats);
    records_count(&map->records, stats);
    if (map->size > 0)
        count_table(stats, &map->root, 0);
    struct hamt_cursor cursor;
    hamt_cursor_begin(&cursor, map);
    for (const struct row *row; (row = walk_next(&cursor));) {
        unsigned depth = (unsigned)cursor.depth;
        if (row_is_value(row))
            count_value(stats, row, depth);
        else
            count_table(stats, row, depth - 1);
    }
}

/* What a check has seen of a map. */
struct census {
    size_t values;
    size_t tables[FAN_OUT]; /* those made for n rows at n - 1 */
    size_t large;           /* and those for more */
};

static const char *check_table(struct census *census, const struct row *table, unsigned level) {
    unsigned count = table_count(table, level);
    if (count == 0)
        return "hamt: no table is empty";
    if (table->room < count)
        return "hamt: a table has room for its rows";
    if (table->room > FAN_OUT)
        census->large++;
    else
        census->tables[table->room - 1]++;
    if (level < LEVELS && table->room > FAN_OUT)
        return "hamt: only collision tables are larger than the fan-out";
    if (level == LEVELS && count < 2)
        return "hamt: a collision table has two rows at least";
    if (level > 0 && count == 1 && row_is_value(&table->rows[0]))
        return "hamt: no value row is alone in a table below the root";
    return NULL;
}

static const char *check_value(const struct hamt *map, struct census *census,
                               const struct hamt_cursor *cursor, const struct row *row) {
    const struct record *record = (const struct record *)row->key;
    census->values++;
    if (row_value(row) != &record->value)
        return "hamt: key and value of a row are of one record";
    if (!walk_agrees(cursor, map->hash(row->key, map->hash_seed)))
        return "hamt: a value row stands where its hash leads";
    return NULL;
}

static const char *check_rows(const struct hamt *map, struct census *census) {
    struct hamt_cursor cursor;
    hamt_cursor_begin(&cursor, map);
    const char *broken = map->size > 0 ? check_table(census, &map->root, 0) : NULL;
    for (const struct row *row; !broken && (row = walk_next(&cursor));) {
        unsigned level = (unsigned)cursor.depth - 1;
        if (row_is_value(row))
            broken = check_value(map, census, &cursor, row);
        else if (walk_table(&cursor, level) == row)
            broken = check_table(census, row, level);
        else
            broken = "hamt: no table is below a collision table";
    }
    return broken;
}

const char *hamt_check(const struct hamt *map) {
    if (map->size == 0 && (map->root.rows || map->root.bitmap || map->root.room))
        return "hamt: an empty map has no table";
    struct census census = {0};
    const char *broken = check_rows(map, &census);
    if (!broken && census.values != map->size)
        broken = "hamt: the size is the number of value rows";
    if (!broken)
        broken = tables_check(&map->tables, census.tables, census.large);
    if (!broken)
        broken = records_check(&map->records, census.values);
    return broken;
}
