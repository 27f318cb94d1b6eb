/* lookup.c - see lookup.h. */
#include "lookup.h"

#include "guard.h"
#include "os.h"
#include "settings.h"
#include "stats.h"

#include <pthread.h>

static pthread_mutex_t writers = PTHREAD_MUTEX_INITIALIZER;

/* Fibonacci hashing: the high bits of the product depend on all bits of the area's number. */
static size_t place_of(uintptr_t address, unsigned bits) {
    return (address / settings.area_bytes * UINT64_C(0x9e3779b97f4a7c15)) >> (64 - bits);
}

/* ---- Chains ---- */

enum { BUCKET_BITS = 13, NODES_AT_ONCE = 4096 / sizeof(struct lookup_node) };

static _Atomic(struct lookup_node *) buckets[1 << BUCKET_BITS];
static struct lookup_node *unused_nodes;
static unsigned unused_count;

/* Initial-exec, as it is read in every free. */
static _Thread_local struct lookup_node *hint;

static struct lookup_node *chain_find(uintptr_t address) {
    struct lookup_node *node =
        atomic_load_explicit(&buckets[place_of(address, BUCKET_BITS)], memory_order_acquire);
    while (node && (uintptr_t)node->area != address)
        node = node->next;
    return node;
}

static struct area *chain_lookup(uintptr_t address) {
    struct lookup_node *node = hint;
    if (!node || (uintptr_t)node->area != address) {
        node = chain_find(address);
        if (!node)
            return NULL;
        hint = node;
    }
    return atomic_load_explicit(&node->mapped, memory_order_relaxed) ? node->area : NULL;
}

static bool chain_add(struct area *area) {
    struct lookup_node *node = chain_find((uintptr_t)area);
    if (!node) {
        if (!unused_count) {
            unused_nodes = os_map(NODES_AT_ONCE * sizeof *unused_nodes);
            if (!unused_nodes)
                return false;
            unused_count = NODES_AT_ONCE;
        }
        node = &unused_nodes[--unused_count];
        _Atomic(struct lookup_node *) *bucket = &buckets[place_of((uintptr_t)area, BUCKET_BITS)];
        node->area = area;
        node->next = atomic_load_explicit(bucket, memory_order_relaxed);
        atomic_store_explicit(&node->mapped, true, memory_order_relaxed);
        atomic_store_explicit(bucket, node, memory_order_release);
    }
    atomic_store_explicit(&node->mapped, true, memory_order_relaxed);
    return true;
}

static void chain_remove(struct area *area) {
    struct lookup_node *node = chain_find((uintptr_t)area);
    if (node)
        atomic_store_explicit(&node->mapped, false, memory_order_relaxed);
}

/* ---- Linear probing ---- */

enum {
    MAPPED = 1 /* the low bit of an entry; the others are the area's address, 0 in a free place */
};

struct table {
    unsigned bits;
    size_t used;
    atomic_uintptr_t entries[];
};

static _Atomic(struct table *) newest;

/* The place that the address has in the table, or would get. */
static atomic_uintptr_t *table_find(struct table *table, uintptr_t address) {
    for (size_t i = place_of(address, table->bits);;
         i = (i + 1) & (((size_t)1 << table->bits) - 1)) {
        uintptr_t entry = atomic_load_explicit(&table->entries[i], memory_order_relaxed);
        if (!entry || (entry & ~(uintptr_t)MAPPED) == address)
            return &table->entries[i];
    }
}

static struct area *table_lookup(uintptr_t address) {
    struct table *table = atomic_load_explicit(&newest, memory_order_acquire);
    if (!table)
        return NULL;
    uintptr_t entry = atomic_load_explicit(table_find(table, address), memory_order_relaxed);
    return entry & MAPPED ? (struct area *)address : NULL;
}

/* A table of twice the places, or the first one, with what is mapped. */
static struct table *table_grow(struct table *old) {
    unsigned bits = old ? old->bits + 1 : 9;
    struct table *table = os_map(sizeof *table + ((size_t)1 << bits) * sizeof table->entries[0]);
    if (!table)
        return NULL;
    table->bits = bits;
    for (size_t i = 0; old && i < (size_t)1 << old->bits; i++) {
        uintptr_t entry = atomic_load_explicit(&old->entries[i], memory_order_relaxed);
        if (entry & MAPPED) {
            atomic_store_explicit(table_find(table, entry - MAPPED), entry, memory_order_relaxed);
            table->used++;
        }
    }
    atomic_store_explicit(&newest, table, memory_order_release);
    return table;
}

static bool table_add(struct area *area) {
    struct table *table = atomic_load_explicit(&newest, memory_order_relaxed);
    atomic_uintptr_t *entry = table ? table_find(table, (uintptr_t)area) : NULL;
    if (!entry || !atomic_load_explicit(entry, memory_order_relaxed)) { /* a new address */
        if (!table || table->used >= (size_t)1 << table->bits >> 1)
            table = table_grow(table);
        if (!table)
            return false;
        entry = table_find(table, (uintptr_t)area);
        table->used++;
    }
    atomic_store_explicit(entry, (uintptr_t)area | MAPPED, memory_order_relaxed);
    return true;
}

static void table_remove(struct area *area) {
    struct table *table = atomic_load_explicit(&newest, memory_order_relaxed);
    atomic_uintptr_t *entry = table ? table_find(table, (uintptr_t)area) : NULL;
    if (entry && atomic_load_explicit(entry, memory_order_relaxed))
        atomic_store_explicit(entry, (uintptr_t)area, memory_order_relaxed);
}

/* ---- The chosen way ---- */

static bool keeps_chains(void) {
    return GUARD || settings.lookup == LOOKUP_HASH;
}

bool lookup_add(struct area *area) {
    pthread_mutex_lock(&writers);
    bool done = (!keeps_chains() || chain_add(area)) &&
                (settings.lookup != LOOKUP_LINEAR || table_add(area));
    if (!done && keeps_chains())
        chain_remove(area);
    pthread_mutex_unlock(&writers);
    return done;
}

void lookup_remove(struct area *area) {
    pthread_mutex_lock(&writers);
    if (keeps_chains())
        chain_remove(area);
    if (settings.lookup == LOOKUP_LINEAR)
        table_remove(area);
    pthread_mutex_unlock(&writers);
}

struct area *lookup(const void *block) {
    uintptr_t address = (uintptr_t)area_at(block);
    if (settings.stats)
        stat_add(STAT_LOOKUPS);
    if (settings.lookup == LOOKUP_LINEAR)
        return table_lookup(address);
    if (keeps_chains())
        return chain_lookup(address);
    return (struct area *)address;
}

void lookup_in_child(void) {
    pthread_mutex_init(&writers, NULL);
    unused_count = 0;
}
