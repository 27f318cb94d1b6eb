/* program.c - a file that has the functions of both maps, and lets another look into one.  In C or
 * C++. */

/* Names that are taken in the tree are the program's here, even as macros. */
#define link    @
#define fetch   @
#define put     @
#define GRANULE @
#define MANY    @

#define CHAMPION_IMPLEMENTATION
#define CHAMPION_STR_IMPLEMENTATION
#include "champion.h"
#include "other.h"

#include <string.h>

int main(void) {
    const char *names[] = {"", "one", "three"};
    struct champion_str *map = champion_str_create(NULL);
    if (!map)
        return 1;
    int wrong = 0;
    for (int i = 0; i < 3; i++) {
        champion_str_key key = {names[i], strlen(names[i])};
        wrong += champion_str_put(map, key, key.len) != CHAMPION_STR_NEW;
    }
    for (int i = 0; i < 3; i++)
        wrong += value_of(map, names[i], strlen(names[i])) != strlen(names[i]);
    champion_str_destroy(map);
    return wrong;
}
