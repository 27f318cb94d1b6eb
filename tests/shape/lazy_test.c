/* lazy_test.c - with lazy expansion, a node stands only where at least two keys pass. */
#include "shape.h"

static double passed_by_two(double n, double p) {
    double pairs = n * (n - 1) / 2 * p * p;
    if (n * p <
        1e-3) /* where the difference below would lose its digits; the next term is -2/3 np */
        return pairs * (1 - (n - 2) * p * 2 / 3);
    return 1 - none_of(n, p) - n * p * none_of(n - 1, p);
}

START_TEST(test_a_node_for_each_shared_prefix) {
    shape_compare((unsigned)_i, passed_by_two);
}
END_TEST

int main(void) {
    return shape_main("shape of lazy", test_a_node_for_each_shared_prefix);
}
