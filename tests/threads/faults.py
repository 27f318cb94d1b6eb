"""Faults of ordering and reclamation that the tests of shared maps must find, each as a change to a copy
of the sources: (what is wrong, way, test, file, what stands there, what is put in its place).

Where what is wrong would show only if another thread came in between, sched_yield lets it.  A text must
stand in its file exactly once.  The test is that which is expected to find the fault; if
it does not, the others are tried."""

CORE, VERSION, PUBLISHED = "shared_map.c", "version.h", "published.h"
READERS, LOCK, RCU, HAZARD, TWINS = "readers.h", "lock/publish.h", "sections.h", "hazards.h", "twins/publish.h"
TURN = "    pthread_mutex_lock(&map->turn);\n"

FAULTS = [
    # ---- Writers' turns, and what a put, a remove and a batch do ----
    ("a put does not wait for its turn", "rcu", "history", CORE,
     f"    enum hamt_put_result result = HAMT_NO_MEMORY;\n{TURN}",
     "    enum hamt_put_result result = HAMT_NO_MEMORY;\n    pthread_mutex_trylock(&map->turn);\n"),
    ("a remove does not wait for its turn", "rcu", "history", CORE,
     f"{TURN}    enum shared_remove_result result = remove_in_turn(map, key);",
     "    pthread_mutex_trylock(&map->turn);\n"
     "    enum shared_remove_result result = remove_in_turn(map, key);"),
    ("a batch does not wait for its turn", "hazard", "history", CORE,
     f"{TURN}    map->batch = publish_snapshot(&map->publish);",
     "    pthread_mutex_trylock(&map->turn);\n    map->batch = publish_snapshot(&map->publish);"),
    ("a reclaim does not wait for its turn", "rcu", "stress", CORE,
     f"{TURN}    publish_reclaim(&map->publish);\n    pthread_mutex_unlock(&map->turn);",
     "    publish_reclaim(&map->publish);"),
    ("a batch that memory did not suffice for keeps its turn", "rcu", "contract", CORE,
     "    if (!map->batch)\n        pthread_mutex_unlock(&map->turn);\n", ""),
    ("an abandoned batch keeps its turn", "rcu", "contract", CORE,
     "    publish_abandon(&map->publish, map->batch);\n    map->batch = NULL;\n"
     "    pthread_mutex_unlock(&map->turn);",
     "    publish_abandon(&map->publish, map->batch);\n    map->batch = NULL;"),
    ("an abandoned batch is published", "rcu", "contract", CORE,
     "    publish_abandon(&map->publish, map->batch);", "    publish_replace(&map->publish, map->batch);"),
    ("a put is published before it is done", "rcu", "history", CORE,
     "        result = hamt_put(next, key, value);\n"
     "        publish_changed(&map->publish, next, result != HAMT_NO_MEMORY);",
     "        publish_changed(&map->publish, next, true);\n"
     "        result = hamt_put(next, key, value);"),
    ("a put is never published", "hazard", "contract", CORE,
     "publish_changed(&map->publish, next, result != HAMT_NO_MEMORY)",
     "publish_changed(&map->publish, next, result == HAMT_NO_MEMORY)"),
    ("a batch changes what readers see", "rcu", "history", CORE,
     "    map->batch = publish_snapshot(&map->publish);",
     "    if (publish_snapshot(&map->publish))\n"
     "        map->batch = (struct hamt *)publish_newest(&map->publish);"),
    ("a get uses its version after it let go of it", "rcu", "history", CORE,
     "    bool found = hamt_get(version, key, value);\n    publish_read_end(&reader->publish);\n",
     "    publish_read_end(&reader->publish);\n    bool found = hamt_get(version, key, value);\n"),
    ("the same, of hazard pointers", "hazard", "history", CORE,
     "    bool found = hamt_get(version, key, value);\n    publish_read_end(&reader->publish);\n",
     "    publish_read_end(&reader->publish);\n    bool found = hamt_get(version, key, value);\n"),

    # ---- Versions: published, retired, held, freed ----
    ("a version may be seen before what is in it", "rcu", "history", PUBLISHED,
     "    atomic_store(&published->newest, published->next);",
     "    atomic_store_explicit(&published->newest, published->next, memory_order_relaxed);"),
    ("a version is freed as soon as there is a newer one", "rcu", "history", PUBLISHED,
     "    version_push(&published->retired, before);", "    published_end(published, before);"),
    ("the same, of hazard pointers", "hazard", "history", PUBLISHED,
     "    version_push(&published->retired, before);", "    published_end(published, before);"),
    ("a version is retired while it is the newest", "rcu", "history", PUBLISHED,
     "    atomic_store(&published->newest, published->next);\n    published->next = NULL;\n"
     "    version_push(&published->retired, before);\n"
     "    if (++published->retired_count >= RETIRED_MOST)\n        published_look(publish);\n"
     "    published_end_due(published, ENDED_MOST);",
     "    version_push(&published->retired, before);\n"
     "    if (++published->retired_count >= RETIRED_MOST)\n        published_look(publish);\n"
     "    published_end_due(published, ENDED_MOST);\n"
     "    atomic_store(&published->newest, published->next);\n    published->next = NULL;"),
    ("a version that is replaced is forgotten", "rcu", "contract", PUBLISHED,
     "    version_push(&published->retired, before);", "    (void)before;"),
    ("one that is abandoned is forgotten", "hazard", "contract", PUBLISHED,
     "    published_end(published, published->next);\n", ""),
    ("retired versions are never freed", "rcu", "contract", PUBLISHED,
     "    if (++published->retired_count >= RETIRED_MOST)", "    if (!publish)"),
    ("a view does not keep its version", "rcu", "contract", VERSION,
     "memory_order_acquire) > 0;", "memory_order_acquire) > 1000;"),
    ("a view is not counted", "hazard", "contract", READERS,
     "    atomic_fetch_add_explicit(&version->views, 1, memory_order_relaxed);\n", ""),
    ("a view is counted after its version was let go of", "rcu", "history", READERS,
     "    struct version *version = use_begin(reader);\n"
     "    atomic_fetch_add_explicit(&version->views, 1, memory_order_relaxed);\n"
     "    struct shared_view view = {.map = version->map, .held = version};\n    use_end(reader);\n",
     "    struct version *version = use_begin(reader);\n    use_end(reader);\n    sched_yield();\n"
     "    atomic_fetch_add_explicit(&version->views, 1, memory_order_relaxed);\n"
     "    struct shared_view view = {.map = version->map, .held = version};\n"),
    ("a view that is left stays counted", "rcu", "contract", READERS,
     "    atomic_fetch_sub_explicit(&version->views, 1, memory_order_release);", "    (void)version;"),
    ("a view is counted by what others may overwrite", "rcu", "stress", READERS,
     "    atomic_fetch_add_explicit(&version->views, 1, memory_order_relaxed);",
     "    size_t views = atomic_load_explicit(&version->views, memory_order_relaxed);\n    sched_yield();\n"
     "    atomic_store_explicit(&version->views, views + 1, memory_order_relaxed);"),
    ("a version may be freed before its last reader is done with it", "rcu", "stress", READERS,
     "    atomic_fetch_sub_explicit(&version->views, 1, memory_order_release);",
     "    atomic_fetch_sub_explicit(&version->views, 1, memory_order_relaxed);"),
    ("the writer does not see that its last reader is done with it", "hazard", "stress", VERSION,
     "memory_order_acquire) > 0;", "memory_order_relaxed) > 0;"),
    ("the reader that leaves frees a version", "rcu", "stress", READERS,
     "    (void)reader;\n    atomic_fetch_sub_explicit(&version->views, 1, memory_order_release);",
     "    if (atomic_fetch_sub_explicit(&version->views, 1, memory_order_release) == 1 &&\n"
     "        version != atomic_load(&reader->publish->published.newest)) {\n"
     "        hamt_destroy(version->map);\n        version->map = NULL;\n    }"),
    ("a held version is forgotten", "rcu", "contract", VERSION,
     "            version_enqueue(&published->due, version);", "            continue;"),
    ("a record is used again while its version is held", "hazard", "contract", VERSION,
     "            version_enqueue(&published->due, version);",
     "            version_push(&published->spare, version);"),

    # ---- liburcu ----
    ("no grace period", "rcu", "history", RCU,
     "    urcu_memb_synchronize_rcu();\n    order_after(&publish->sections);", "    (void)publish;"),
    ("the library's wait is left out, but not what is told of it", "rcu", "stress", RCU,
     "    urcu_memb_synchronize_rcu();\n", ""),
    ("a get is no section", "rcu", "history", RCU,
     "    urcu_memb_read_lock();\n", "    if (!reader->publish)\n        urcu_memb_read_lock();\n"),
    ("the pointer is read before the section begins", "rcu", "history", RCU,
     "    urcu_memb_read_lock();\n"
     "    return atomic_load_explicit(&reader->publish->published.newest, memory_order_acquire);",
     "    struct version *newest =\n"
     "        atomic_load_explicit(&reader->publish->published.newest, memory_order_acquire);\n"
     "    sched_yield();\n    urcu_memb_read_lock();\n    return newest;"),
    ("the pointer is read without an order", "rcu", "history", RCU,
     "published.newest, memory_order_acquire);", "published.newest, memory_order_relaxed);"),
    ("a section never ends", "rcu", "contract", RCU, "    urcu_memb_read_unlock();\n", ""),
    ("a thread is not registered", "rcu", "history", RCU,
     "        urcu_memb_register_thread();", "        readers_here = 1;"),
    ("a thread is registered once only, and unregistered for each reader", "rcu", "contract", RCU,
     "    if (--readers_here == 0)\n", "    if (--readers_here < 100)\n"),

    # ---- Hazard pointers ----
    ("a reader does not look again", "hazard", "history", HAZARD,
     "        atomic_store(&reader->about_to_use, told);\n"
     "        newest = atomic_load(&reader->publish->published.newest);\n    } while (newest != told);",
     "        sched_yield();\n        atomic_store(&reader->about_to_use, told);\n    } while (!told);"),
    ("a reader looks before it tells", "hazard", "history", HAZARD,
     "        atomic_store(&reader->about_to_use, told);\n"
     "        newest = atomic_load(&reader->publish->published.newest);",
     "        newest = atomic_load(&reader->publish->published.newest);\n"
     "        sched_yield();\n"
     "        atomic_store(&reader->about_to_use, told);"),
    ("a reader's word is cleared without an order", "hazard", "history", HAZARD,
     "&reader->about_to_use, NULL, memory_order_release", "&reader->about_to_use, NULL, memory_order_relaxed"),
    ("a writer looks at one reader only", "hazard", "history", HAZARD,
     "    for (struct publish_reader *reader = publish->readers; reader; reader = reader->next)",
     "    for (struct publish_reader *reader = publish->readers; reader; reader = NULL)"),
    ("a writer looks at no reader", "hazard", "history", HAZARD,
     "        if (atomic_load(&reader->about_to_use) == version)", "        if (!version)"),
    ("a reader that ends stays in the list", "hazard", "contract", HAZARD,
     "    *at = reader->next;", "    (void)at;"),
    ("readers join while they are walked", "hazard", "history", HAZARD,
     "    pthread_mutex_lock(&publish->joining);\n    reader->next = publish->readers;\n"
     "    publish->readers = reader;\n    pthread_mutex_unlock(&publish->joining);",
     "    reader->next = publish->readers;\n    publish->readers = reader;"),

    # ---- A few at a time ----
    ("of those that are due none is ever looked at again", "gradual", "contract", PUBLISHED,
     "    published->to_end = published->due.count;\n", "    published->to_end += publish ? 0 : 1;\n"),
    ("a version is due that somebody may still use", "prompt", "history", PUBLISHED,
     "        if (in_use(publish, version))", "        if (!version)"),
    ("the last of those that are due is lost", "gradual", "contract", VERSION,
     "    queue->last = version;\n", "    queue->last = queue->first;\n"),

    # ---- Twins ----
    ("a writer does not wait for those who use the twin", "twins", "history", TWINS,
     "    for (int looks = 1; in_use(publish, version); looks++)",
     "    for (int looks = 1; !version; looks++)"),
    ("a change is made in one of the two", "twins", "contract", TWINS,
     "    if (!change_make(published->next->map, &published->lacks))", "    if (!published->next)"),
    ("a twin that has a view is changed", "twins", "contract", TWINS,
     "        if (version_viewed(published->next))", "        if (!published->next)"),
    ("whether there are views is asked before readers are gone", "twins", "history", TWINS,
     "        twins_wait(publish, published->next);\n        if (version_viewed(published->next))\n"
     "            twins_part(publish);",
     "        bool viewed = version_viewed(published->next);\n        sched_yield();\n"
     "        twins_wait(publish, published->next);\n        if (viewed)\n            twins_part(publish);"),
    ("the twin of what a batch changed is what was there before", "twins", "contract", TWINS,
     "    published->next = NULL;\n    twins_end(publish, before);\n", "    published->next = before;\n    return;\n"),
    ("what an abandoned batch changed stays in the twin", "twins", "contract", TWINS,
     "    published_end(published, published->next);\n    published->next = NULL;\n", "    (void)published;\n"),
    ("a change that failed is made in the other twin", "twins", "contract", TWINS,
     "    if (!done) {\n        change_forget(&published->lacks);\n", "    if (!done) {\n"),
    ("a change that memory did not suffice for is forgotten", "twins", "contract", TWINS,
     "&published->lacks))\n        return false;\n", "&published->lacks))\n        (void)published;\n"),
    ("a version that was a twin is freed while somebody uses it", "twins", "history", TWINS,
     "    twins_wait(publish, version);\n    version_enqueue", "    version_enqueue"),
    ("the twin is seen before it is changed", "twins", "history", TWINS,
     "    struct hamt *twin = publish_snapshot(publish);\n",
     "    struct hamt *twin = publish_snapshot(publish);\n"
     "    if (twin)\n        atomic_store(&publish->published.newest, publish->published.next);\n"),

    # ---- The lock ----
    ("a get takes no lock", "lock", "history", LOCK,
     "    if (reader->held++ == 0)", "    if (reader->held++ == 1000)"),
    ("a view is no longer under the lock", "lock", "history", LOCK,
     "    return (struct shared_view){.map = publish_read(reader)};",
     "    struct shared_view view = {.map = publish_read(reader)};\n"
     "    publish_read_end(reader);\n    reader->held++;\n    return view;"),
    ("the lock is given back while there are views", "lock", "contract", LOCK,
     "    if (--reader->held == 0)", "    if (--reader->held == 1)"),
    ("each view takes the lock", "lock", "stress", LOCK,
     "    if (reader->held++ == 0)\n        pthread_rwlock_rdlock(&reader->publish->lock);",
     "    reader->held++;\n    pthread_rwlock_rdlock(&reader->publish->lock);"),
    ("a put takes no lock", "lock", "history", LOCK,
     "    (void)change;\n"
     "    pthread_rwlock_wrlock(&publish->lock);",
     "    (void)change;\n"
     "    pthread_rwlock_tryrdlock(&publish->lock);"),
    ("a put keeps the lock", "lock", "history", LOCK,
     "    (void)next, (void)done;\n    pthread_rwlock_unlock(&publish->lock);",
     "    (void)publish, (void)next, (void)done;"),
    ("a batch is exchanged without the lock", "lock", "history", LOCK,
     "    pthread_rwlock_wrlock(&publish->lock);\n    publish->map = next;\n"
     "    pthread_rwlock_unlock(&publish->lock);", "    publish->map = next;"),
    ("a version is freed before it is exchanged", "lock", "history", LOCK,
     "    struct hamt *before = publish->map;\n    pthread_rwlock_wrlock",
     "    struct hamt *before = publish->map;\n    hamt_destroy(before);\n    before = NULL;\n"
     "    pthread_rwlock_wrlock"),
    ("a batch changes what is under the lock", "lock", "history", LOCK,
     "    return hamt_snapshot(publish->map);", "    return publish->map;"),
]
