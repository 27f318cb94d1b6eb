/* size_class.c - see size_class.h. */
#include "size_class.h"

#include "settings.h"

struct size_class size_classes[CLASSES];
size_t class_bytes_max;

/* Two sizes to a class, and four. */
#define TWICE(c) c, c
#define FOUR(c)  c, c, c, c
/* clang-format off */
const uint8_t small_class[] = {
    0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
    TWICE(16), TWICE(17), TWICE(18), TWICE(19), TWICE(20), TWICE(21), TWICE(22), TWICE(23),
    FOUR(24), FOUR(25), FOUR(26), FOUR(27), FOUR(28), FOUR(29), FOUR(30), FOUR(31),
};
/* clang-format on */

/* A magazine may keep so many bytes from the other threads. */
enum { MAGAZINE_BYTES = 64 << 10 };

static size_t bytes_of(unsigned class) {
    if (class < 8)
        return 16 * (class + 1);
    return (size_t)(9 + class % 8) << (class / 8 + 3);
}

static size_t at_most(size_t number, size_t most) {
    return number < most ? number : most;
}

static size_t at_least(size_t number, size_t least) {
    return number > least ? number : least;
}

void size_classes_start(void) {
    /* A run takes an eighth of a SuperSlab at most, so that runs find room beside each other. */
    size_t run_max = settings.area_bytes / SLAB_BYTES / 8;
    class_bytes_max = run_max * SLAB_BYTES;
    for (unsigned i = 0; i < CLASSES; i++) {
        struct size_class *class = &size_classes[i];
        size_t bytes = bytes_of(i);
        size_t wanted = bytes <= SLAB_BYTES / 8 ? 1 : round_up(4 * bytes, SLAB_BYTES) / SLAB_BYTES;
        size_t held = at_least(at_most(2 * settings.batch, MAGAZINE_BYTES / bytes), 2);
        *class = (struct size_class){
            .bytes = (uint32_t)bytes,
            .reciprocal = (uint32_t)((((uint64_t)1 << 32) + bytes - 1) / bytes),
            .run = (uint16_t)at_most(wanted, run_max),
            .magazine = (uint16_t)held,
            .batch = (uint16_t)(held / 2),
            .refill = (uint16_t)at_most(settings.refill, held / 2),
        };
    }
}
