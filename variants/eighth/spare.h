/* spare.h (eighth) - when does a bucket that has lost entries give room back?
 *
 * Parent: bucket.  Change: when an eighth of the room would do.  A map that is emptied moves a
 * bucket once, where it moves it three times when half is enough, and joins few.
 * Waste: a bucket that has lost entries may hold eight times what it needs. */
#ifndef SPARE_H
#define SPARE_H

enum { SPARE_SHARE = 8 };

#include "spare_share.h"

#endif
