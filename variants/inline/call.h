/* call.h (inline) - are the hot functions inlined?
 *
 * Parent: list.  Change: every one is, so that a get is a single function.
 * Cost: larger code. */
#ifndef CALL_H
#define CALL_H

#define HOT __attribute__((always_inline)) static inline

#endif
