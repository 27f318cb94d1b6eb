/* glibkey.h (u64) - an integer is its own pointer, as GLib's users do it (GUINT_TO_POINTER). */
#ifndef GLIBKEY_H
#define GLIBKEY_H

#define EQUAL NULL /* keys are equal if the pointers are */
#define DROP  NULL

static inline gpointer kept(hamt_key key) {
    return (gpointer)key;
}

static inline gconstpointer asked(const hamt_key *key) {
    return (gconstpointer)*key;
}

static inline hamt_key shown(gconstpointer key) {
    return (uintptr_t)key;
}

#endif
