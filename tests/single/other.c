/* other.c - a second file of a program, which has the functions of neither map, in C or C++. */
#include "champion.h"
#include "champion_str.h"

#ifdef __cplusplus
extern "C"
#endif
    uint64_t
    length_of(const struct champion_str *map, const char *name, size_t len);

/* The value of a name; that of a map of integers that is made and forgotten on the way. */
uint64_t length_of(const struct champion_str *map, const char *name, size_t len) {
    champion_str_key key = {name, len};
    uint64_t value = 0, again = 0;
    struct champion *twice = champion_create(NULL);
    if (twice && champion_str_get(map, key, &value) &&
        champion_put(twice, value, value) == CHAMPION_NEW)
        champion_get(twice, value, &again);
    champion_destroy(twice);
    return again;
}
