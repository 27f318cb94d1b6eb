/* origin.c - prints on what machine and of what source something is measured here, in the words of
 * the store: for the studies that the runner does not run. */
#include "machine.h"
#include "source.h"

#include <jansson.h>
#include <stdio.h>

int main(void) {
    struct machine machine = machine_read();
    struct source source = source_read();
    json_t *virtualised = machine.virtualised < 0 ? json_null() : json_integer(machine.virtualised);
    json_t *commit = source.commit[0] ? json_string(source.commit) : json_null();
#ifdef __clang__
    const char *compiler = "clang " __clang_version__;
#else
    const char *compiler = "gcc " __VERSION__;
#endif
    json_t *origin = json_pack("{s:s, s:s, s:I, s:s, s:o, s:o, s:i, s:s}", "machine", machine.id,
                               "cpu", machine.cpu, "cores", (json_int_t)machine.cores, "kernel",
                               machine.kernel, "virtualised", virtualised, "source_commit", commit,
                               "dirty", source.dirty, "compiler", compiler);
    int failed = json_dumpf(origin, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(origin);
    return failed ? 1 : 0;
}
