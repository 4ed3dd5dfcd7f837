/* What is known about each thread that is traced, and about the process it belongs to. SPDX-License-Identifier: MIT */
#include "tracer/ptrace/tracee.h"

#include <stdatomic.h>
#include <stdlib.h>

static struct tracee **bucket(struct tracee_table *t, pid_t tid)
{
	return &t->buckets[(size_t)tid % (sizeof(t->buckets) / sizeof(t->buckets[0]))];
}

struct tracee *tracee_find(const struct tracee_table *t, pid_t tid)
{
	struct tracee *tracee = *bucket((struct tracee_table *)t, tid);
	while (tracee != NULL && tracee->tid != tid)
		tracee = tracee->next;
	return tracee;
}

struct tracee *tracee_add(struct tracee_table *t, pid_t tid, struct process *process)
{
	struct tracee *tracee = calloc(1, sizeof(*tracee));
	if (tracee == NULL)
		return NULL;
	struct tracee **head = bucket(t, tid);
	tracee->tid = tid;
	tracee->process = process;
	tracee->next = *head;
	atomic_signal_fence(memory_order_release); /* a signal handler reads the table */
	*head = tracee;
	t->count++;
	if (process != NULL) {
		process->threads++;
	} else {
		tracee->state = THREAD_UNKNOWN;
		t->unknown++;
	}
	return tracee;
}

bool tracee_leads(const struct tracee *tracee)
{
	const struct process *process = tracee->process;
	return process != NULL && (process->tgid == tracee->tid || process->leaderless);
}

void tracee_join(struct tracee_table *t, struct tracee *tracee, struct process *process)
{
	tracee->process = process;
	process->threads++;
	tracee->state = THREAD_RUNS;
	t->unknown--;
}

static void unlink_tracee(struct tracee_table *t, struct tracee **link)
{
	struct tracee *gone = *link;
	*link = gone->next;
	atomic_signal_fence(memory_order_release); /* as in tracee_add */
	t->leaving -= gone->state == THREAD_LEAVING;
	t->unknown -= gone->state == THREAD_UNKNOWN;
	t->deadlines -= gone->deadline != 0;
	t->deaf -= gone->deaf;
	if (gone->process != NULL && --gone->process->threads == 0)
		free(gone->process);
	free(gone->injection);
	free(gone);
	t->count--;
}

void tracee_remove(struct tracee_table *t, pid_t tid)
{
	struct tracee **link = bucket(t, tid);
	while (*link != NULL && (*link)->tid != tid)
		link = &(*link)->next;
	if (*link != NULL)
		unlink_tracee(t, link);
}

void tracee_keep_only(struct tracee_table *t, struct process *process, pid_t tid)
{
	for (size_t i = 0; process->threads > 1 && i < sizeof(t->buckets) / sizeof(t->buckets[0]); i++) {
		struct tracee **link = &t->buckets[i];
		while (*link != NULL) {
			if ((*link)->process == process && (*link)->tid != tid)
				unlink_tracee(t, link);
			else
				link = &(*link)->next;
		}
	}
}

struct process *process_new(pid_t tgid, const struct process *parent)
{
	struct process *process = calloc(1, sizeof(*process));
	if (process == NULL)
		return NULL;
	process->tgid = tgid;
	if (parent != NULL)
		process_inherit(process, parent);
	return process;
}

void process_free(struct process *process)
{
	free(process);
}

void process_inherit(struct process *process, const struct process *parent)
{
	process->phase = parent->phase;
	process->program = parent->program;
	process->syscall_stops = parent->syscall_stops;
	process->watch = parent->watch;
	process->lull = parent->lull;
	process->all_threads = parent->all_threads;
	process->armed = parent->armed;
	process->trap_blocked = parent->trap_blocked;
	process->entry = parent->entry;
	process->saved = parent->saved;
	process->blind = parent->blind;
	process->guessed = false;
}

void tracee_table_free(struct tracee_table *t)
{
	for (size_t i = 0; i < sizeof(t->buckets) / sizeof(t->buckets[0]); i++)
		while (t->buckets[i] != NULL)
			unlink_tracee(t, &t->buckets[i]);
}
