/* manifest.h - SHA256SUMS: what an export consists of, so that a part lost or changed on its way is
 * noticed.
 *
 *     # hamtlab export, tables of version 2, form 2
 *     # 576 rows
 *     8a5f...  sample.csv
 *
 * The lines that are no comments are those of `sha256sum`, which checks them too (sha256sum -c).
 * A sum tells of accidents; whoever forges a file can forge its sum. */
#ifndef MANIFEST_H
#define MANIFEST_H

#include "fault.h"

#define MANIFEST "SHA256SUMS"

/* Writes the sums of the tables' files, which lie in the directory already. */
bool manifest_write(const char *directory, struct fault *fault);

/* True if the tables' files in the directory are those whose sums it has. */
bool manifest_check(const char *directory, struct fault *fault);

#endif
