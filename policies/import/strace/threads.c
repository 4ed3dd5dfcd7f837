/* The threads of a log: who started them, and their programs. SPDX-License-Identifier: MIT
 *
 * A log is read twice. A thread's lines may stand before the line that says who started it, or in
 * an earlier file; so the first reading only finds each thread's first program. */
#include <stdlib.h>
#include <string.h>

#include "policies/import/strace/strace.h"

struct wanted {
	const struct threads *threads;
	long pid;
};

static bool same_pid(const void *context, size_t position)
{
	const struct wanted *w = context;
	return w->threads->list.items[position]->pid == w->pid;
}

/* The first thread with this pid. */
static size_t find_first(struct threads *t, long pid)
{
	struct wanted w = {t, pid};
	if (t->last < t->list.count && t->list.items[t->last]->pid == pid)
		return t->last;
	size_t at = index_find(&t->index, index_hash(0, &pid, sizeof(pid)), same_pid, &w);
	if (at != SIZE_MAX)
		t->last = at;
	return at;
}

static size_t find(struct threads *t, long pid)
{
	size_t at = find_first(t, pid);
	return at != SIZE_MAX ? t->list.items[at]->current : at;
}

bool threads_known(struct threads *t, long pid)
{
	return find(t, pid) != SIZE_MAX;
}

static struct thread *add_thread(struct threads *t, long pid, enum arch arch)
{
	struct thread *new = malloc(sizeof(*new));
	size_t at = t->list.count;
	if (new == NULL || !vec_push(&t->list, new)) {
		free(new);
		return NULL;
	}
	*new = (struct thread){.pid = pid,
			       .arch = arch,
			       .current = at,
			       .first = IMAGE_UNKNOWN,
			       .now = INHERITED(at),
			       .executed = IMAGE_UNKNOWN,
			       .pending_nr = -1};
	return new;
}

struct thread *threads_of(struct threads *t, long pid, enum arch arch)
{
	size_t at = find(t, pid);
	if (at != SIZE_MAX)
		return t->list.items[at];
	struct thread *new = add_thread(t, pid, arch);
	return new != NULL &&index_add(&t->index, index_hash(0, &pid, sizeof(pid)), t->list.count - 1) ? new : NULL;
}

struct thread *threads_next(struct threads *t, long pid, enum arch arch)
{
	struct thread *first = t->list.items[find_first(t, pid)], *old = t->list.items[first->current], *new;
	if (old->next == 0) {
		if ((new = add_thread(t, pid, arch)) == NULL)
			return NULL;
		old->next = t->list.count - 1;
	}
	first->current = old->next;
	new = t->list.items[first->current];
	new->ended = false;
	return new;
}

bool threads_rename(struct threads *t, long pid, long to)
{
	size_t at = find_first(t, pid);
	if (at == SIZE_MAX)
		return true;
	t->list.items[at]->was = pid;
	size_t i = at;
	do
		t->list.items[i]->pid = to;
	while ((i = t->list.items[i]->next) != 0);
	return index_add(&t->index, index_hash(0, &to, sizeof(to)), at);
}

long threads_named(const struct threads *t, long pid)
{
	for (size_t i = 0; pid < 0 && i < t->list.count; i++)
		if (t->list.items[i]->was == pid)
			return t->list.items[i]->pid;
	return pid;
}

struct thread *threads_only(struct threads *t)
{
	struct thread *only = NULL;
	for (size_t i = t->list.count; i > 0; i--)
		if (!t->list.items[i - 1]->ended) {
			if (only != NULL)
				return NULL;
			only = t->list.items[i - 1];
		}
	return only;
}

bool threads_started(struct threads *t, long by, long pid)
{
	size_t parent = find(t, by);
	if (parent == SIZE_MAX)
		return true;
	int64_t now = t->list.items[parent]->now;
	enum arch arch = t->list.items[parent]->arch;
	struct thread *child = threads_of(t, pid, arch);
	/* It was started and has ended: another thread has its pid now. */
	if (child != NULL && child->ended && child->started_now)
		child = threads_next(t, pid, arch);
	if (child != NULL && !child->called) {
		child->arch = arch;
		child->told = t->list.items[parent]->told;
	}
	if (child != NULL)
		child->started_now = true;
	if (child != NULL && !child->started) {
		child->started = true;
		child->first = now;
	}
	return child != NULL;
}

bool threads_executed(struct threads *t, struct thread *by, const char *path)
{
	if (t->replayed == t->images.count) {
		struct image new = {.path = path != NULL ? strdup(path) : NULL,
				    .by = path != NULL ? 0 : by->superseded};
		if ((path != NULL && new.path == NULL) || !vec_push(&t->images, new)) {
			free(new.path);
			return false;
		}
	}
	by->now = (int64_t)t->replayed++;
	return true;
}

bool threads_executes(struct threads *t, long pid, const char *path)
{
	for (size_t i = 0; i < t->images.count; i++)
		if (t->images.items[i].by == pid && t->images.items[i].path == NULL) {
			t->images.items[i].path = strdup(path);
			return t->images.items[i].path != NULL;
		}
	return true;
}

struct image *threads_image(struct threads *t, const struct thread *of)
{
	return of->now >= 0 ? &t->images.items[of->now] : &t->unknown;
}

void threads_alone(struct threads *t, struct thread *by, enum arch arch)
{
	arch_set *alone = by->now >= 0 ? &t->images.items[by->now].alone : &by->alone;
	*alone |= ARCH_BIT(arch);
}

static int64_t began_with(const struct thread *of)
{
	return of->first != IMAGE_UNKNOWN || of->started ? of->first : of->executed;
}

/* Returns a thread's first program; a position among the images, or IMAGE_UNKNOWN. Stores it in all
 * threads on the way, so that the next walk is short. */
static int64_t find_image(struct threads *t, struct thread *of)
{
	struct thread *at = of;
	int64_t image = began_with(at), next;
	/* Each step goes to the starter; reused pids could make that a circle. */
	for (size_t steps = 0; image < IMAGE_UNKNOWN && steps <= t->list.count; steps++) {
		at = t->list.items[-2 - image];
		image = began_with(at);
	}
	image = image < IMAGE_UNKNOWN ? IMAGE_UNKNOWN : image;
	for (at = of; (next = began_with(at)) < IMAGE_UNKNOWN; at = t->list.items[-2 - next])
		at->first = image;
	return image;
}

void threads_rewind(struct threads *t, enum arch arch)
{
	for (size_t i = 0; i < t->list.count; i++) {
		struct thread *of = t->list.items[i];
		of->now = find_image(t, of);
		threads_image(t, of)->alone |= of->alone;
		of->arch = arch;
		of->ended = of->called = of->told = of->started_now = false;
		of->current = i;
		of->pending.count = 0;
		of->pending_nr = -1;
		of->superseded = 0;
	}
	t->replayed = 0;
}

size_t threads_root(const struct threads *t)
{
	size_t i = 0;
	while (i < t->list.count && t->list.items[i]->started)
		i++;
	return i < t->list.count ? i : 0;
}

void threads_free(struct threads *t)
{
	for (size_t i = 0; i < t->list.count; i++) {
		text_free(&t->list.items[i]->pending);
		free(t->list.items[i]);
	}
	for (size_t i = 0; i < t->images.count; i++)
		free(t->images.items[i].path);
	vec_free(&t->list);
	vec_free(&t->images);
	index_free(&t->index);
}
