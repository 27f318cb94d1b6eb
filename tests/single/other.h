/* other.h - what the other file of a program does with a map of the first one's. */
#ifndef OTHER_H
#define OTHER_H

#include "champion_str.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The value of a name; it goes through a map of integers on the way. */
uint64_t value_of(const struct champion_str *map, const char *name, size_t len);

#ifdef __cplusplus
}
#endif

#endif
