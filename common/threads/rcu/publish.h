/* publish.h (rcu) - what do readers see while a writer is at work, and what keeps it alive?
 *
 * Parent: lock.  Change: no version is changed that readers may have; a changed snapshot takes its
 * place (published.h).  When nobody is about to use the one before, liburcu tells (sections.h).
 * Cost: once in RETIRED_MOST changes a writer waits for the gets that are under way, interrupts
 * readers' cores, and then destroys all those versions; the next writer waits for it. */
#ifndef PUBLISH_H
#define PUBLISH_H

#include "sections.h"

#include <limits.h>

enum { RETIRED_MOST = 64, ENDED_MOST = INT_MAX };

#include "published.h"

#endif
