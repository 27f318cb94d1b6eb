/* program.c - a file that has both maps, and asks another about them. */
#define link    @ /* names that are taken in the tree are the program's here, even as macros */
#define fetch   @
#define put     @
#define GRANULE @
#define MANY    @
#define CHAMPION_IMPLEMENTATION
#define CHAMPION_STR_IMPLEMENTATION
#include "champion.h"
#include "champion_str.h"

#include <string.h>

#ifdef __cplusplus
extern "C"
#endif
    uint64_t
    length_of(const struct champion_str *map, const char *name, size_t len);

int main(void) {
    const char *names[] = {"", "one", "three"};
    struct champion_str *map = champion_str_create(NULL);
    uint64_t wrong = !map;
    for (int i = 0; map && i < 3; i++) {
        champion_str_key key = {names[i], strlen(names[i])};
        wrong += champion_str_put(map, key, key.len) != CHAMPION_STR_NEW;
    }
    for (int i = 0; map && i < 3; i++)
        wrong += length_of(map, names[i], strlen(names[i])) != strlen(names[i]);
    champion_str_destroy(map);
    return wrong != 0;
}
