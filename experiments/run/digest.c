/* digest.c - see digest.h. */
#include "digest.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <nettle/sha2.h>
#include <stdio.h>
#include <string.h>

static struct digest in_hex(XXH128_hash_t hash) {
    struct digest digest;
    snprintf(digest.hex, sizeof digest.hex, "%016llx%016llx", (unsigned long long)hash.high64,
             (unsigned long long)hash.low64);
    return digest;
}

struct digest digest_bytes(const void *bytes, size_t length) {
    return in_hex(XXH3_128bits(bytes, length));
}

struct digest digest_text(const char *text) {
    return digest_bytes(text, strlen(text));
}

struct tree_id tree_id(const char *shape) {
    struct tree_id id = {""};
    struct sha256_ctx context;
    unsigned char digest[(sizeof id.hex - 1) / 2];
    sha256_init(&context);
    sha256_update(&context, strlen(shape), (const unsigned char *)shape);
    sha256_digest(&context, sizeof digest, digest);
    for (size_t i = 0; i < sizeof digest; i++)
        snprintf(id.hex + 2 * i, 3, "%02x", digest[i]);
    return id;
}

struct digest digest_file(const char *path) {
    XXH3_state_t state;
    XXH3_128bits_reset(&state);
    FILE *file = fopen(path, "rb");
    if (file) {
        char piece[65536];
        for (size_t got; (got = fread(piece, 1, sizeof piece, file)) > 0;)
            XXH3_128bits_update(&state, piece, got);
        fclose(file);
    }
    return in_hex(XXH3_128bits_digest(&state));
}
