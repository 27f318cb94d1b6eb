/* call.h (outline) - are the hot functions inlined?
 *
 * Parent: list.  Change: none is: each is a call, as in a library whose compiler sees one function
 * at a time.
 * Cost: a call, a return and what registers they save, at every step down. */
#ifndef CALL_H
#define CALL_H

#define HOT __attribute__((noinline, unused)) static

#endif
