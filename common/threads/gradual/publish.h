/* publish.h (gradual) - what do readers see while a writer is at work, and what keeps it alive?
 *
 * Parent: rcu.  Change: of the versions that are due each change destroys two at most.  One is
 * retired by each change, so there are at most as many due as are retired, and no put pays for all.
 * Cost: twice as many versions wait; once in RETIRED_MOST changes a writer still waits for gets. */
#ifndef PUBLISH_H
#define PUBLISH_H

#include "sections.h"

enum { RETIRED_MOST = 64, ENDED_MOST = 2 };

#include "published.h"

#endif
