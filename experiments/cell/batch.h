/* batch.h - operations that give the map several keys at once, and the same keys one by one.
 *
 * A batch is worth what it gains over the same batch asked one by one.  Both copy 32 keys out of
 * the trace, have them answered, and check the answers; what differs is the call alone. */
#ifndef BATCH_H
#define BATCH_H

#include "trace.h"

enum asked { ONE_BY_ONE, TOGETHER };

/* Look up, or put, all keys of a trace.  Each gives the number of wrong answers.  *checksum: the
 * sum of the values found.  *no_memory is set where the map has none left. */
size_t get_batches(const struct hamt *map, const struct trace *trace, enum asked asked,
                   uint64_t *checksum);
size_t put_batches(struct hamt *map, const struct trace *trace, enum asked asked, bool *no_memory);

#endif
