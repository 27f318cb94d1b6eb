/* xxh3_test.c - XXH3 against the published values. */
#include "xxh3_vectors.h"

int main(void) {
    return hash_test_main("xxh3", xxh3_vectors(), SEEDED | STRONG);
}
