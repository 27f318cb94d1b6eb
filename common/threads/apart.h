/* apart.h - how far from each other two things must be that two threads write to, or one writes and
 * another reads: two lines of 64 bytes, as processors fetch them in pairs. */
#ifndef APART_H
#define APART_H

enum { APART = 128 };

#endif
