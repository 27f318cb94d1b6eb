/* description.h - a plan in figures and the machine it would be measured on, for other programs.
 *
 * Who parts a plan among several machines asks for it before: into how many parts it can be cut,
 * and whether what another machine measures would be of the same experiment. */
#ifndef DESCRIPTION_H
#define DESCRIPTION_H

#include "machine.h"
#include "schedule.h"

/* One line of JSON, without a newline, which the caller frees; NULL after a fault:
 *
 *     {"runs": 96, "cells": 8, "blocks": 24, "programs": [["VARIANT=x", "HASH=h", "KEY=k"], ...],
 *      "family": "9f86d081884c-",
 *      "machine": {"id": ..., and all else that the store's table has of it}}
 *
 * programs: what make is asked for;
 * family: what the experiment's id begins with; NULL where nothing was built yet. */
char *description_text(const struct plan *plan, const struct schedule *schedule, const char *family,
                       const struct machine *machine, struct fault *fault);

#endif
