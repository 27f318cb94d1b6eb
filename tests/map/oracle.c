/* oracle.c - see oracle.h. */
#include "oracle.h"
#include "testkey.h"

#include <string.h>

uint32_t oracle_index(const struct oracle *oracle, hamt_key key) {
    uint32_t low = 0, high = oracle->count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (testkey_compare(testkey(oracle->items[middle].number), key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool stands_at(const struct oracle *oracle, uint32_t index, uint32_t number) {
    return index < oracle->count && oracle->items[index].number == number;
}

bool oracle_put(struct oracle *oracle, uint32_t number, uint64_t value) {
    uint32_t index = oracle_index(oracle, testkey(number));
    bool there = stands_at(oracle, index, number);
    if (!there) {
        memmove(&oracle->items[index + 1], &oracle->items[index],
                (oracle->count - index) * sizeof oracle->items[0]);
        oracle->count++;
        oracle->items[index].number = number;
    }
    oracle->items[index].value = value;
    return there;
}

bool oracle_get(const struct oracle *oracle, uint32_t number, uint64_t *value) {
    uint32_t index = oracle_index(oracle, testkey(number));
    if (!stands_at(oracle, index, number))
        return false;
    *value = oracle->items[index].value;
    return true;
}

bool oracle_remove(struct oracle *oracle, uint32_t number) {
    uint32_t index = oracle_index(oracle, testkey(number));
    if (!stands_at(oracle, index, number))
        return false;
    oracle->count--;
    memmove(&oracle->items[index], &oracle->items[index + 1],
            (oracle->count - index) * sizeof oracle->items[0]);
    return true;
}
