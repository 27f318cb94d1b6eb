/* list_test.c - with ten levels always, a node stands wherever at least one key passes. */
#include "shape.h"

static double passed_by_one(double n, double p) {
    return 1 - none_of(n, p);
}

START_TEST(test_a_node_for_each_prefix) {
    shape_compare((unsigned)_i, passed_by_one);
}
END_TEST

int main(void) {
    return shape_main("shape of list", test_a_node_for_each_prefix);
}
