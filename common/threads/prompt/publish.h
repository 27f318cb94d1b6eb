/* publish.h (prompt) - what do readers see while a writer is at work, and what keeps it alive?
 *
 * Parent: hazard.  Change: with each change it is asked who uses the version before, and as a rule
 * that one is destroyed at once: its memory is still near, the next version is made of it, and none
 * pays for many.  Two at most, so that those which had to wait for a reader or a view go as well.
 * Cost: a look at every reader with each change. */
#ifndef PUBLISH_H
#define PUBLISH_H

#include "hazards.h"

enum { RETIRED_MOST = 1, ENDED_MOST = 2 };

#include "published.h"

#endif
