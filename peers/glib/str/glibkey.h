/* glibkey.h (str) - a string is a pointer to a block with its length and, behind it, its bytes.
 *
 * The table owns the key that it is given: g_hash_table_insert drops it where there is an equal
 * one, so that every put, of a key that is there as well, makes a block. */
#ifndef GLIBKEY_H
#define GLIBKEY_H

#define EQUAL equal
#define DROP  g_free

static inline gpointer kept(hamt_key key) {
    hamt_key *block = g_malloc(sizeof *block + key.len);
    char *bytes = (char *)(block + 1);
    if (key.len > 0)
        memcpy(bytes, key.bytes, key.len);
    *block = (hamt_key){.bytes = bytes, .len = key.len};
    return block;
}

static inline gconstpointer asked(const hamt_key *key) {
    return key;
}

static inline hamt_key shown(gconstpointer key) {
    return *(const hamt_key *)key;
}

static inline gboolean equal(gconstpointer a, gconstpointer b) {
    return key_equal(shown(a), shown(b));
}

#endif
