/* shared_map.h - one map for many threads: readers that see whole versions, and a writer.  For C
 * and C++; only what needs it includes it, and links common/threads/shared_map.c.
 *
 *     struct shared_map *map = shared_map_create(NULL);
 *
 *     a reader                                         a writer
 *     reader = shared_reader_create(map);              shared_map_put(map, key, value);
 *     shared_map_get(reader, key, &value);
 *     view = shared_map_enter(reader);                 batch = shared_map_begin(map);
 *     hamt_each(view.map, visit, context);             ... hamt_put, hamt_remove in batch ...
 *     shared_map_leave(reader, view);                  shared_map_commit(map);
 *     shared_reader_destroy(reader);
 *
 * What readers see is always a *version*: the map between two changes.  A put, a remove and a
 * batch each lead from one version to the next, in one step for every reader; whoever enters a
 * version keeps it, unchanged, while the map goes on.  So gets, puts, removes, commits and enters
 * are linearizable: each takes effect at one moment between its call and its return.
 *
 * The layout is any of hamt.h; a version is a map of that layout, and with HAMT_SHARES the next one
 * costs what a change to a snapshot does.  How versions get to readers, and when one that nobody
 * reads goes back, is a part of its own (common/threads/lock/publish.h has its contract).  Another
 * library's map for threads may stand behind these functions, too.  shared_map_traits tells what
 * one may expect.
 *
 * Threads: a reader belongs to the thread that made it; each thread that reads has its own, and
 * one for each map.  Any thread may write, reader or not; writers take turns, and a batch's turn
 * lasts from begin to commit or abandon, which its thread calls.  Within its batch a thread calls
 * no other function that writes to the same map, and while it has a view only where there is
 * SHARED_WRITERS_GO_ON: else it would wait for itself.
 *
 * Of a view's map, whoever has it may call what reads: hamt_get, hamt_get_many, hamt_size,
 * hamt_each, cursors, hamt_diff and hamt_equal, also of several views, and hamt_difference.  Not
 * what tells of memory (hamt_stats, hamt_check), nor hamt_snapshot: the writer may be at work on
 * what that touches.
 *
 * Ownership: as in hamt.h the map copies keys that are passed in.  Keys that are handed out belong
 * to the view, and are valid until it is left.
 *
 * Errors: the only one is that memory is out, and after it the map is as it was.
 *
 * Cost: that of hamt.h, and beside it: a get or enter what the part says; a put or remove, and a
 * batch as a whole, one hamt_snapshot and the destruction of an earlier version, in which only what
 * changed goes back, if the layout shares; else a copy of the map, each time.  Some parts do with
 * less for a put or remove (common/threads/lock, common/threads/twins). */
#ifndef SHARED_MAP_H
#define SHARED_MAP_H

#include "hamt.h"

#ifdef __cplusplus
extern "C" {
#endif

struct shared_map;

enum shared_trait {
    SHARED_VIEWS = 1 << 0,         /* enter gives a version; without it view.map is NULL */
    SHARED_BATCHES = 1 << 1,       /* begin gives a batch; without it NULL */
    SHARED_READERS_GO_ON = 1 << 2, /* no reader ever waits for a writer */
    SHARED_WRITERS_GO_ON = 1 << 3, /* no writer ever waits for a view to be left */
    SHARED_MANY_WRITERS = 1 << 4,  /* writers work at once, without turns */
};

/* The traits of this kind of map, joined by |. */
unsigned shared_map_traits(void);

/* An empty map, to be given to shared_map_destroy; NULL when memory is out, or as hamt_create. */
struct shared_map *shared_map_create(const struct hamt_config *config);

/* Frees the map and all it holds; there must be no reader left, and no batch.  NULL is allowed. */
void shared_map_destroy(struct shared_map *map);

/* ---- Readers ---- */

/* A thread's way to read a map, to be given to shared_reader_destroy by the same thread; NULL when
 * memory is out.  It may rest as long as it likes: one that is not asked anything, and has no view,
 * keeps nothing alive. */
struct shared_reader;
struct shared_reader *shared_reader_create(struct shared_map *map);

/* It must have left all views.  NULL is allowed. */
void shared_reader_destroy(struct shared_reader *reader);

/* As hamt_get, of the newest version. */
bool shared_map_get(struct shared_reader *reader, hamt_key key, uint64_t *value);

/* A version that does not change, and is not freed, until it is left. */
struct shared_view {
    const struct hamt *map;
    void *held; /* the part's */
};

/* The newest version.  A reader may have any number of views at once, also of the same version, and
 * leave them in any order.  O(1); memory that views alone keep alive is what was changed since. */
struct shared_view shared_map_enter(struct shared_reader *reader);
void shared_map_leave(struct shared_reader *reader, struct shared_view view);

/* ---- Writers ---- */

/* As hamt_put.  When it returns, every reader that asks from then on sees the change. */
enum hamt_put_result shared_map_put(struct shared_map *map, hamt_key key, uint64_t value);

enum shared_remove_result {
    SHARED_REMOVED,
    SHARED_ABSENT,           /* the key was not there */
    SHARED_REMOVE_NO_MEMORY, /* memory is out; nothing changed */
};

/* Removes a key, likewise.  It may need memory, as hamt_remove of a map that shares nodes. */
enum shared_remove_result shared_map_remove(struct shared_map *map, hamt_key key);

/* A version that is the writer's own, to read and change by whatever hamt.h has, and hamt_diff and
 * hamt_equal; no reader sees it before shared_map_commit.  NULL when memory is out, and then there
 * is no batch and nothing to end.  A put or remove that memory does not suffice for leaves the
 * batch as it was; whether to commit or to abandon it is the writer's to say.
 * Waits for its turn. */
struct hamt *shared_map_begin(struct shared_map *map);

/* Every change of the batch is seen from now on: all of them or, by those who entered before, none.
 * It cannot fail.  The batch is no longer the writer's. */
void shared_map_commit(struct shared_map *map);

/* None of them ever is. */
void shared_map_abandon(struct shared_map *map);

/* Gives back all earlier versions that nobody has a view of.  Without it some stay, as many as the
 * part says, until writers come by again.  May wait for gets that are under way, not for views.
 * Takes a writer's turn. */
void shared_map_reclaim(struct shared_map *map);

#ifdef __cplusplus
}
#endif

#endif
