/* ref_type.h - the word in a child slot.
 *
 * A ref leads to an inner node or to a leaf, or nowhere.  How the two are told apart is the answer
 * of the part ref.h; all others only pass the word on. */
#ifndef REF_TYPE_H
#define REF_TYPE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    uintptr_t word;
} ref;

enum node_kind { NODE_INNER, NODE_LEAF };

#define REF_NONE ((ref){0})

static inline bool ref_is_none(ref r) {
    return r.word == 0;
}

#endif
