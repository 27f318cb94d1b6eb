/* sieve_test.c - one sieve to a slot lets fewer than half of the missing keys pass. */
#define _DEFAULT_SOURCE /* what pages.h asks of the system is no part of C */

#include "buckets.h"

#include "../passing.h"

START_TEST(test_it_stops_what_its_bits_can) {
    check_passing((struct sieves){1, SLOT_BITS}, 0.18, 0.45);
}
END_TEST

int main(void) {
    return passing_main(test_it_stops_what_its_bits_can);
}
