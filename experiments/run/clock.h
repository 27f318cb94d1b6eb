/* clock.h - the two times the runner needs: how long something took, and when it was. */
#ifndef CLOCK_H
#define CLOCK_H

/* Seconds from an arbitrary beginning; never goes back. */
double clock_seconds(void);

struct clock_text {
    char text[32];
};

/* Now, UTC, in ISO 8601 with milliseconds: 2026-03-01T10:15:00.123Z. */
struct clock_text clock_now(void);

#endif
