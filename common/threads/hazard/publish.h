/* publish.h (hazard) - what do readers see while a writer is at work, and what keeps it alive?
 *
 * Parent: rcu.  Change: readers tell which version they are about to use (hazards.h), so that a
 * writer never waits for a reader, and a reader that sleeps in the middle of a get keeps one
 * version.  Needs no library, and nothing of the system.
 * Cost: a store in each get that has to be seen at once; a writer looks at every reader once in
 * RETIRED_MOST changes. */
#ifndef PUBLISH_H
#define PUBLISH_H

#include "hazards.h"

#include <limits.h>

enum { RETIRED_MOST = 64, ENDED_MOST = INT_MAX };

#include "published.h"

#endif
