/* other.c - a second file of a program, which includes both headers and has the functions of
 * neither map.  In C or C++. */
#include "other.h"

#include "champion.h"

uint64_t value_of(const struct champion_str *map, const char *name, size_t len) {
    champion_str_key key = {name, len};
    uint64_t value = 0, again = 0;
    struct champion *way = champion_create(NULL);
    if (way && champion_str_get(map, key, &value) && champion_put(way, 1, value) == CHAMPION_NEW)
        champion_get(way, 1, &again);
    champion_destroy(way);
    return again;
}
