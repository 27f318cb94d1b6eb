/* call.h (list) - are the hot functions inlined?
 *
 * Contract: HOT stands before the definition of a part's functions on the way of get, put and
 * remove.
 *
 * Here the compiler decides, as it does for any program. */
#ifndef CALL_H
#define CALL_H

#define HOT __attribute__((unused)) static

#endif
