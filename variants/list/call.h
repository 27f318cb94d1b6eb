/* call.h (list) - are the hot functions inlined?
 *
 * Contract: HOT stands before the definition of every function of a part on the way of get, put and
 * remove.
 *
 * Here they are outlined: each is a call, as in a library whose compiler was given no hint. */
#ifndef CALL_H
#define CALL_H

#define HOT __attribute__((noinline, unused)) static

#endif
