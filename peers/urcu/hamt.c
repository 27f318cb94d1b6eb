/* hamt.c (urcu) - liburcu's cds_lfht: chains below an array that doubles (split-ordered lists,
 * Shalev and Shavit 2006), read under RCU, changed without a lock.
 *
 * It is made for threads that read while others write.  A put takes a new node in every case, and
 * one that replaces gives the old one back when nobody reads it any more, which a thread of
 * liburcu's sees to.  Another of its threads has the array grow.  In 0.13.2 the array may stop
 * growing for good: the thread that asks for growth marks it as pending only after asking, and by
 * then it may be done, as happens where both share a core.  A fill then takes hours, and the
 * runner's --timeout ends it.
 *
 * Of liburcu's flavours, memb, as in common/threads/rcu.  It wants to know each thread that reads:
 * one is made known when it first calls one of these functions, and each call asks. */
#define _LGPL_SOURCE /* sections are inline */
#include <urcu/urcu-memb.h>

#include <urcu/rculfhash.h>

#include "config.h"
#include "hamt.h"
#include "keyops.h"
#include "mem.h"

#include <pthread.h>

struct held {
    struct cds_lfht_node node;
    hamt_key key;
    uint64_t value;
    struct rcu_head head;
};

struct hamt {
    struct cds_lfht *table;
    uint64_t seed;
    size_t size; /* atomic */
};

/* ---- Threads ---- */

static pthread_key_t ending; /* has a value in each thread that is known */
static _Thread_local bool known;

static void forget(void *value) {
    (void)value;
    urcu_memb_unregister_thread();
}

/* liburcu's threads do not live on in a child process, unless it is told of the fork. */
static void prepare(void) {
    pthread_key_create(&ending, forget);
    pthread_atfork(urcu_memb_call_rcu_before_fork, urcu_memb_call_rcu_after_fork_parent,
                   urcu_memb_call_rcu_after_fork_child);
}

static inline void begin_to_read(void) {
    if (!known) {
        known = true;
        urcu_memb_register_thread();
        pthread_setspecific(ending, &known);
    }
    urcu_memb_read_lock();
}

/* ---- The map ---- */

struct hamt *hamt_create(const struct hamt_config *config) {
    static pthread_once_t prepared = PTHREAD_ONCE_INIT;
    struct hamt_config chosen;
    struct hamt *map = config_chosen(config, &chosen) ? mem_alloc(sizeof *map) : NULL;
    if (!map)
        return NULL;
    pthread_once(&prepared, prepare);
    /* Made now, lest it stay on the core of the thread that comes to need it first. */
    urcu_memb_get_default_call_rcu_data();
    *map = (struct hamt){.seed = chosen.hash_seed};
    map->table = cds_lfht_new_flavor(1, 1, 0, CDS_LFHT_AUTO_RESIZE | CDS_LFHT_ACCOUNTING,
                                     &urcu_memb_flavor, NULL);
    if (map->table)
        return map;
    mem_free(map);
    return NULL;
}

static struct held *held_of(struct cds_lfht_node *node) {
    return caa_container_of(node, struct held, node);
}

static void drop(struct held *entry) {
    key_drop(entry->key);
    mem_free(entry);
}

static void drop_later(struct rcu_head *head) {
    drop(caa_container_of(head, struct held, head));
}

void hamt_destroy(struct hamt *map) {
    if (!map)
        return;
    struct cds_lfht_iter at;
    struct held *entry;
    begin_to_read();
    cds_lfht_for_each_entry(map->table, &at, entry, node) {
        cds_lfht_del(map->table, &entry->node);
        urcu_memb_call_rcu(&entry->head, drop_later);
    }
    urcu_memb_read_unlock();
    urcu_memb_barrier(); /* all that was to be dropped is */
    cds_lfht_destroy(map->table, NULL);
    mem_free(map);
}

static int matches(struct cds_lfht_node *node, const void *key) {
    return key_equal(held_of(node)->key, *(const hamt_key *)key);
}

enum hamt_put_result hamt_put(struct hamt *map, hamt_key key, uint64_t value) {
    struct held *entry = mem_alloc(sizeof *entry);
    if (!entry)
        return HAMT_NO_MEMORY;
    entry->value = value;
    if (!key_clone(&entry->key, key)) {
        mem_free(entry);
        return HAMT_NO_MEMORY;
    }
    begin_to_read();
    struct cds_lfht_node *replaced =
        cds_lfht_add_replace(map->table, key_hash(key, map->seed), matches, &key, &entry->node);
    if (replaced)
        urcu_memb_call_rcu(&held_of(replaced)->head, drop_later);
    else
        uatomic_inc(&map->size);
    urcu_memb_read_unlock();
    return replaced ? HAMT_REPLACED : HAMT_NEW;
}

/* Within a section. */
static struct held *find(const struct hamt *map, hamt_key key) {
    struct cds_lfht_iter at;
    cds_lfht_lookup(map->table, key_hash(key, map->seed), matches, &key, &at);
    struct cds_lfht_node *node = cds_lfht_iter_get_node(&at);
    return node ? held_of(node) : NULL;
}

bool hamt_get(const struct hamt *map, hamt_key key, uint64_t *value) {
    begin_to_read();
    const struct held *found = find(map, key);
    if (found)
        *value = found->value;
    urcu_memb_read_unlock();
    return found;
}

bool hamt_remove(struct hamt *map, hamt_key key) {
    begin_to_read();
    struct held *found = find(map, key);
    bool removed = found && cds_lfht_del(map->table, &found->node) == 0;
    if (removed) {
        uatomic_dec(&map->size);
        urcu_memb_call_rcu(&found->head, drop_later);
    }
    urcu_memb_read_unlock();
    return removed;
}

size_t hamt_size(const struct hamt *map) {
    return uatomic_read(&map->size);
}

bool hamt_each(const struct hamt *map, hamt_visitor *visit, void *context) {
    struct cds_lfht_iter at;
    struct held *entry;
    bool all = true;
    begin_to_read();
    cds_lfht_for_each_entry(map->table, &at, entry, node) {
        all = visit(entry->key, entry->value, context);
        if (!all)
            break;
    }
    urcu_memb_read_unlock();
    return all;
}

#include "outside.h"
