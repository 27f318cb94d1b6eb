/* copies.h - private copies of what is measured: programs and allocators' libraries.
 *
 * A program that is built again while an experiment runs must not become part of it.  So each is
 * copied before it is asked who it is, to build/run/copies/<digest>/<name>, and only the copy is
 * run.  As programs are all called "cell" there, their paths are equally long, and so is what the
 * system puts on their stacks. */
#ifndef COPIES_H
#define COPIES_H

#include "digest.h"
#include "fault.h"

/* Copies a file, permissions included.
 * name: the last part of the copy's path;
 * digest: gets that of the contents.
 * The copy's path, which the caller frees; NULL after a fault. */
char *copy_make(const char *path, const char *name, struct digest *digest, struct fault *fault);

/* Removes copies that no experiment has asked for in the last week. */
void copies_clean(void);

#endif
