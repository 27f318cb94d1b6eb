/* readers.h - what readers do, of those ways to publish whose readers come to a version by a
 * pointer; by use_begin and use_end (published.h). */
#ifndef READERS_H
#define READERS_H

#include "version.h"

enum { PUBLISH_TRAITS = SHARED_READERS_GO_ON | SHARED_WRITERS_GO_ON };

static inline const struct hamt *publish_read(struct publish_reader *reader) {
    return use_begin(reader)->map;
}

static inline void publish_read_end(struct publish_reader *reader) {
    use_end(reader);
}

static inline struct shared_view publish_hold(struct publish_reader *reader) {
    struct version *version = use_begin(reader);
    atomic_fetch_add_explicit(&version->views, 1, memory_order_relaxed);
    struct shared_view view = {.map = version->map, .held = version};
    use_end(reader);
    return view;
}

static inline void publish_let_go(struct publish_reader *reader, struct shared_view view) {
    struct version *version = view.held;
    (void)reader;
    atomic_fetch_sub_explicit(&version->views, 1, memory_order_release);
}

#endif
