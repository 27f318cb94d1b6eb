/* config.h - what a map is made with: the caller's choice, or the default with a seed from the
 * system. */
#ifndef CONFIG_H
#define CONFIG_H

#include "hamt.h"
#include "random.h"

/* False if nothing was chosen and the system has no randomness to seed the hash with. */
static inline bool config_chosen(const struct hamt_config *config, struct hamt_config *chosen) {
    *chosen = config ? *config : HAMT_CONFIG_DEFAULT;
    return config || random_number(&chosen->hash_seed);
}

#endif
