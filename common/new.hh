/* new.hh - operator new: the language's own.  A file of its own so that the tests can put theirs in
 * its place (tests/seams/new.hh). */
#include <new>
