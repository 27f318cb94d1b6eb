/* start.h - when the short way through free may be taken. */
#ifndef SUPERSLAB_START_H
#define SUPERSLAB_START_H

/* Once the settings are known. */
void start_fast_way(void);

#endif
