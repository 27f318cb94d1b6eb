/* compiler.h - which compiler this is, as a cell tells it. */
#ifndef COMPILER_H
#define COMPILER_H

#ifdef __clang__
#define CELL_COMPILER "clang " __clang_version__
#else
#define CELL_COMPILER "gcc " __VERSION__
#endif

#endif
