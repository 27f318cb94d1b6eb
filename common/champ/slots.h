/* slots.h - the slots of one node: finding one, and changing what a chunk has.
 *
 * A chunk has nothing, an entry, or a child, and there are four ways from one to another:
 *
 *     nothing --- slots_add ---> entry --- slots_push_down ---> child
 *             <-- slots_remove --      <-- slots_pull_up -----
 *
 * The two on the left also serve a node below the last level, whose entries have no chunk.  A block
 * is exactly as long as its slots need, but for one thing: a child counts as an entry if it is
 * smaller.  So the two ways back, those of a remove, never need more memory than there is. */
#ifndef SLOTS_H
#define SLOTS_H

#include "champ.h"

struct extent {
    size_t children, entries; /* numbers of them */
};

enum {
    CHILD_ROOM =
        sizeof(struct link) > sizeof(struct held) ? sizeof(struct link) : sizeof(struct held),
};

static_assert(HEAD_BYTES % _Alignof(struct link) == 0 &&
                  _Alignof(struct link) % _Alignof(struct held) == 0,
              "whatever number of slots is before one, it is aligned");

/* Of a node whose block is this large. */
static inline size_t slots_bytes(struct extent extent) {
    return HEAD_BYTES + extent.children * CHILD_ROOM + extent.entries * sizeof(struct held);
}

/* Of the node that a link leads to, which stands below `level` chunks. */
static inline struct extent slots_extent(const struct link *node, unsigned level) {
    const struct head *head = link_head(node);
    return (struct extent){.children = sparse_count(head->children),
                           .entries = level < CHUNK_LEVELS ? sparse_count(head->entries)
                                                           : (size_t)head->entries};
}

static inline struct link *slots_children(const struct link *node) {
    return (struct link *)(void *)((char *)node->block + HEAD_BYTES);
}

static inline struct held *slots_entries(const struct link *node, size_t children) {
    return (struct held *)(void *)(slots_children(node) + children);
}

/* Where the child for a chunk stands in a node with this head, or would. */
static inline struct link *slots_child(const struct link *node, struct head head, unsigned chunk) {
    return slots_children(node) + sparse_index(head.children, chunk);
}

/* Likewise the entry, above the last level. */
static inline struct held *slots_entry(const struct link *node, struct head head, unsigned chunk) {
    return slots_entries(node, sparse_count(head.children)) + sparse_index(head.entries, chunk);
}

/* ---- A node as a whole ---- */

/* Makes *node lead to a new one, whose block has room for so much, and whose bitmaps are empty.
 * False when memory is out. */
static inline bool slots_make(struct hamt *map, struct link *node, struct extent room) {
    void *block = supply_take(&map->supply, slots_bytes(room));
    if (!block)
        return false;
    node->block = block;
    *link_head(node) = (struct head){0};
    return true;
}

/* Makes *node lead to a new one with one entry, above the last level.  False when memory is out. */
static inline bool slots_first(struct hamt *map, struct link *node, unsigned chunk,
                               struct held held) {
    if (!slots_make(map, node, (struct extent){.entries = 1}))
        return false;
    link_head(node)->entries = (chunk_set)sparse_bit(chunk);
    *slots_entries(node, 0) = held;
    return true;
}

/* Frees the node, but neither its entries nor the nodes below. */
static inline void slots_free(struct hamt *map, struct link *node, unsigned level) {
    supply_give(&map->supply, node->block, slots_bytes(slots_extent(node, level)));
}

/* Gives the node's block another length.  False when memory is out, and nothing changed; never so
 * if it becomes no longer. */
static inline bool slots_resize(struct hamt *map, struct link *node, struct extent had,
                                struct extent wanted) {
    size_t bytes = slots_bytes(had), other = slots_bytes(wanted);
    void *block = node->block;
    if (other > bytes)
        block = supply_grow(&map->supply, block, bytes, other);
    else if (other < bytes)
        block = supply_shrink(&map->supply, block, bytes, other);
    if (!block)
        return false;
    node->block = block;
    return true;
}

/* ---- What a chunk has ---- */

/* Opens a gap of `bytes` at `at`, before all that lies from there to `end`; or closes it. */
static inline void slots_open(void *at, size_t bytes, const void *end) {
    memmove((char *)at + bytes, at, (size_t)((const char *)end - (char *)at));
}

static inline void slots_close(void *at, size_t bytes, const void *end) {
    memmove(at, (char *)at + bytes, (size_t)((const char *)end - (char *)at) - bytes);
}

/* An entry for a chunk that has nothing, or in a node below the last level.  False when memory is
 * out, and nothing changed. */
static inline bool slots_add(struct hamt *map, struct link *node, unsigned level, unsigned chunk,
                             struct held held) {
    struct extent had = slots_extent(node, level);
    if (!slots_resize(map, node, had, (struct extent){had.children, had.entries + 1}))
        return false;
    struct head *head = link_head(node);
    struct held *end = slots_entries(node, had.children) + had.entries, *at = end;
    if (level < CHUNK_LEVELS) {
        at = slots_entry(node, *head, chunk);
        head->entries |= (chunk_set)sparse_bit(chunk);
    } else {
        head->entries++;
    }
    slots_open(at, sizeof *at, end);
    *at = held;
    return true;
}

/* Takes out the entry at `at`, which has been dropped or is elsewhere now. */
static inline void slots_remove(struct hamt *map, struct link *node, unsigned level, unsigned chunk,
                                struct held *at) {
    struct extent had = slots_extent(node, level);
    struct head *head = link_head(node);
    slots_close(at, sizeof *at, slots_entries(node, had.children) + had.entries);
    if (level < CHUNK_LEVELS)
        head->entries &= (chunk_set)~sparse_bit(chunk);
    else
        head->entries--;
    slots_resize(map, node, had, (struct extent){had.children, had.entries - 1});
}

/* A child, in which the entry is that the chunk has.  False when memory is out, and nothing
 * changed. */
static inline bool slots_push_down(struct hamt *map, struct link *node, unsigned level,
                                   unsigned chunk, struct link child) {
    struct extent had = slots_extent(node, level);
    if (!slots_resize(map, node, had, (struct extent){had.children + 1, had.entries - 1}))
        return false;
    struct head *head = link_head(node);
    struct held *end = slots_entries(node, had.children) + had.entries;
    struct held *entry = slots_entry(node, *head, chunk);
    slots_close(entry, sizeof *entry, end);
    struct link *at = slots_child(node, *head, chunk);
    slots_open(at, sizeof *at, end - 1);
    *at = child;
    head->entries &= (chunk_set)~sparse_bit(chunk);
    head->children |= (chunk_set)sparse_bit(chunk);
    return true;
}

/* An entry for a chunk that has a child, of which nothing else is left and which has been freed. */
static inline void slots_pull_up(struct hamt *map, struct link *node, unsigned level,
                                 unsigned chunk, struct held held) {
    struct extent had = slots_extent(node, level);
    struct head *head = link_head(node);
    struct link *child = slots_child(node, *head, chunk);
    slots_close(child, sizeof *child, slots_entries(node, had.children) + had.entries);
    head->children &= (chunk_set)~sparse_bit(chunk);
    struct held *at = slots_entry(node, *head, chunk);
    slots_open(at, sizeof *at, slots_entries(node, had.children - 1) + had.entries);
    *at = held;
    head->entries |= (chunk_set)sparse_bit(chunk);
    slots_resize(map, node, had, (struct extent){had.children - 1, had.entries + 1});
}

#endif
