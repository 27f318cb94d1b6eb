/* spare.h (bucket) - when does a bucket that has lost entries give room back?
 *
 * Contract.
 *   spare_due    whether a bucket of so many entries, in a block with room for `capacity`, moves to
 *                one with room for no more than it has, if there is a smaller one.  An empty bucket
 *                goes in any case
 *   spare_joins  whether two neighbours with so many entries together become one bucket; asked when
 *                one of them has moved
 *
 * Here it is when half of the room would do: not before, lest a key that comes and goes moves a
 * bucket each time. */
#ifndef SPARE_H
#define SPARE_H

enum { SPARE_SHARE = 2 };

#include "spare_share.h"

#endif
