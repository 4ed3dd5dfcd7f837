/* Whose turn it is, where several tracees have stopped. SPDX-License-Identifier: MIT */
#include "tracer/record/fair_wait.h"

#include <sys/wait.h>

enum {
	/* Stops between two rounds: at least, and for each tracee, most of which may be asleep. */
	LEAST = 64,
	EACH = 4,
};

/* Without memory nobody's turn comes, and all goes on as the kernel likes. */
static void begin_round(struct turns *t, const struct tracee_table *tracees)
{
	t->next = t->since = t->round.count = 0;
	if (!vec_reserve(&t->round, tracees->count))
		return;
	for (size_t i = 0; i < BUCKETS; i++)
		for (const struct tracee *tracee = tracees->buckets[i]; tracee != NULL; tracee = tracee->next)
			t->round.items[t->round.count++] = tracee->tid;
}

pid_t turns_next(struct turns *t, const struct tracee_table *tracees, int *status)
{
	if (++t->since >= LEAST && t->since >= EACH * tracees->count && tracees->count > 1)
		begin_round(t, tracees);
	while (t->next < t->round.count) {
		/* ECHILD: it has ended meanwhile */
		pid_t tid = waitpid(t->round.items[t->next++], status, __WALL | WNOHANG);
		if (tid > 0)
			return tid;
	}
	return 0;
}

void turns_free(struct turns *t)
{
	vec_free(&t->round);
}
