/* Waits for tracees fairly: the kernel's own order starves older ones. SPDX-License-Identifier: MIT */
#include "tracer/ptrace/fair_wait.h"

#include <sys/wait.h>

enum {
	/* The least number of stops between two rounds, and the least for each tracee, because most may be asleep. */
	LEAST = 64,
	EACH = 4,
};

/* Without memory there are no rounds: the kernel's order applies. */
static void begin_round(struct fair_wait *w, const struct tracee_table *tracees)
{
	w->next = w->since = w->round.count = 0;
	if (!vec_reserve(&w->round, tracees->count))
		return;
	for (size_t i = 0; i < BUCKETS; i++)
		for (const struct tracee *tracee = tracees->buckets[i]; tracee != NULL; tracee = tracee->next)
			w->round.items[w->round.count++] = tracee->tid;
}

pid_t fair_wait_next(struct fair_wait *w, const struct tracee_table *tracees, int *status)
{
	if (++w->since >= LEAST && w->since >= EACH * tracees->count && tracees->count > 1)
		begin_round(w, tracees);
	while (w->next < w->round.count) {
		/* fails with ECHILD if the thread has ended meanwhile */
		pid_t tid = waitpid(w->round.items[w->next++], status, __WALL | WNOHANG);
		if (tid > 0)
			return tid;
	}
	return 0;
}

void fair_wait_free(struct fair_wait *w)
{
	vec_free(&w->round);
}
