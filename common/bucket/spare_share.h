/* spare_share.h - a bucket gives room back when one SPARE_SHAREth of it would do. */
#ifndef SPARE_SHARE_H
#define SPARE_SHARE_H

static inline bool spare_due(unsigned count, unsigned capacity) {
    return count * SPARE_SHARE <= capacity;
}

static inline bool spare_joins(unsigned count) {
    return count * SPARE_SHARE <= CAPACITY_MOST;
}

#endif
