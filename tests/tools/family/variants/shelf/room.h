/* room.h (shelf) - how does the array grow?
 *
 * Contract: room_after(capacity) is the next capacity, which is larger.
 *
 * Here it doubles. */
#ifndef ROOM_H
#define ROOM_H

static inline size_t room_after(size_t capacity) {
    return capacity ? 2 * capacity : 1;
}

#endif
