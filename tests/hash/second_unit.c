/* second_unit.c - a second file of the program that includes hash.h, and uses nothing of it. */
#include "hash.h"
