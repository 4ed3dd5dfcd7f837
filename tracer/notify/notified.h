/* Makes facts of notifications. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_NOTIFY_NOTIFIED_H
#define PINHOLE_TRACER_NOTIFY_NOTIFIED_H

#include "tracer/notify/listener.h"
#include "tracer/record/recorder.h"

enum { NOTIFIED_SLOTS = 4096 };

/* Which program a thread runs. */
struct notified_thread {
	pid_t tid;
	bool known;	  /* its program is */
	uint32_t program; /* position among the profile's programs; not known: of the one that is executing another */
	int64_t from;	  /* now_ms() when it was asked for; not known: from then on it may be kept */
};

struct notified {
	struct recorder *recorder;
	struct notified_thread threads[NOTIFIED_SLOTS]; /* by thread id; one that does not fit takes another's place */
	unsigned char *counted;				/* a bit for each process id that was seen */
	unsigned processes;				/* seen so far */
};

/* Begins with a recorder, which has begun and the caller keeps. Returns 0 or ERR_MEMORY. */
int notified_begin(struct notified *n, struct recorder *recorder, struct error *e);
void notified_free(struct notified *n);

/* The program of a thread that waits at a notification: its position in the profile; PROGRAM_GONE: it has ended; or
 * ERR_MEMORY. */
int notified_program(struct notified *n, pid_t tid, struct error *e);

/* Returns the call of a notification in *call; false: it is of an architecture that pinhole does not know. */
bool notified_call(const union notification *notification, struct call *call);

/* Counts the call of a notification as a fact, and adds its stack where that is wanted. The thread must wait at `listener` still:
 * otherwise nothing is counted. Returns 0 or a negative code. */
int notified_count(struct notified *n, int listener, const union notification *notification, const struct call *call,
		   struct error *e);

/* The must_stop of a known_filter. An exec is always noticed: after it the process runs another program, and the facts of its next
 * calls are that one's. So are calls that may be aimed at the recorder by other means than its id (turn_away.h). */
bool notified_always(const struct fact *f);

#endif
