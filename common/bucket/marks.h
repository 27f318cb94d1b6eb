/* marks.h - the lowest bit of a link, where every block's own link has a 0: whether it leads to
 * something else than a bucket.
 *
 * LINK_NONE has it, too, so that one bit tells a bucket from all else.  `link` is the part's. */
#ifndef MARKS_H
#define MARKS_H

#define LINK_NONE ((link)1)

static inline link link_mark(link block) {
    return block | 1;
}

static inline link link_unmark(link block) {
    return block & ~(link)1;
}

static inline bool link_is_bucket(link block) {
    return !(block & 1);
}

static inline bool link_is_fork(link block) {
    return !link_is_bucket(block) && block != LINK_NONE;
}

#endif
