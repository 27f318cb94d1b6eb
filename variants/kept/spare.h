/* spare.h (kept) - when does a bucket that has lost entries give room back?
 *
 * Parent: eighth.  Change: when it is empty.  A map that is emptied moves no bucket.
 * Waste: a bucket that has lost entries may hold as much as it ever did. */
#ifndef SPARE_H
#define SPARE_H

enum { SPARE_SHARE = CAPACITY_MOST + 1 };

#include "spare_share.h"

#endif
