/* filter_test.c - three sieves to a slot let few of the missing keys pass. */
#define _DEFAULT_SOURCE /* what pages.h asks of the system is no part of C */

#include "buckets.h"

#include "../passing.h"

START_TEST(test_it_stops_what_its_bits_can) {
    check_passing((struct sieves){SLOT_SIEVES, SLOT_EACH}, 0.08, 0.15);
}
END_TEST

int main(void) {
    return passing_main(test_it_stops_what_its_bits_can);
}
