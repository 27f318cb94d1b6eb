/* digest.h - short names for long things: 128-bit XXH3 digests as 32 hexadecimal digits.
 *
 * They tell whether two binaries, plans or diffs are the same; they are no protection against
 * forgery.  The hash is the header-only form of libxxhash, so nothing is linked. */
#ifndef DIGEST_H
#define DIGEST_H

#include <stddef.h>

struct digest {
    char hex[33]; /* ends with a NUL; any beginning of it is a shorter digest */
};

struct digest digest_bytes(const void *bytes, size_t length);
struct digest digest_text(const char *text);

/* What a tree is called in the store: the beginning of the SHA-256 of its text, which whoever reads
 * an export can check. */
struct tree_id {
    char hex[13];
};
struct tree_id tree_id(const char *shape);

/* The digest of a file's contents; that of nothing if it cannot be read. */
struct digest digest_file(const char *path);

#endif
