/* What loading a policy must leave alone in the program that does it; and many threads that do it at once, with stacks as
 * small as musl's. host POLICY WRONG-POLICY. SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <linux/filter.h>
#include <locale.h>
#include <pinhole.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* All that a library could change by mistake. */
struct state {
	int error, next_descriptor, no_new_privs;
	mode_t mask;
	char folder[PATH_MAX], locale[200];
	char **environment;
	size_t variables;
	struct {
		void (*handler)(int);
		long flags;
		sigset_t mask;
	} signals[64];
	sigset_t blocked;
	struct rlimit limits[RLIM_NLIMITS];
};

extern char **environ;

static void look(struct state *s)
{
	memset(s, 0, sizeof(*s));
	s->error = errno;
	s->next_descriptor = dup(0);
	close(s->next_descriptor);
	s->no_new_privs = prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0);
	umask(s->mask = umask(0));
	if (getcwd(s->folder, sizeof(s->folder)) == NULL)
		abort();
	snprintf(s->locale, sizeof(s->locale), "%s", setlocale(LC_ALL, NULL));
	s->environment = environ;
	while (environ[s->variables] != NULL)
		s->variables++;
	for (int i = 1; i < 64; i++) {
		struct sigaction now = {0};
		sigaction(i, NULL, &now);
		s->signals[i].handler = now.sa_handler;
		s->signals[i].flags = now.sa_flags;
		memcpy(&s->signals[i].mask, &now.sa_mask, 8); /* the kernel's part: 64 signals */
	}
	pthread_sigmask(SIG_BLOCK, NULL, &s->blocked);
	for (int i = 0; i < RLIM_NLIMITS; i++)
		getrlimit(i, &s->limits[i]);
	errno = s->error;
}

static void tell(const char *what, const struct state *a, const struct state *b)
{
	printf("%s: %s\n", what, memcmp(a, b, sizeof(*a)) == 0 ? "all as before" : "changed");
	if (a->error != b->error)
		printf("errno: %d, was %d\n", b->error, a->error);
}

/* The program's allocator of jansson: memory of another one ends it. */
#define MARK 0x70696e686f6c65u

static void *marked_malloc(size_t n)
{
	size_t *p = malloc(n + 16);
	if (p == NULL)
		return NULL;
	*p = MARK;
	return (char *)p + 16;
}

static void marked_free(void *p)
{
	size_t *mark = p == NULL ? NULL : (size_t *)((char *)p - 16);
	if (mark != NULL && *mark != MARK)
		abort();
	if (mark != NULL)
		*mark = 0;
	free(mark);
}

/* Makes values, and frees those that were made before: another thread may have loaded a policy meanwhile. */
static void *use_jansson(void *values)
{
	json_t **kept = values;
	for (int i = 0; i < 20000; i++) {
		json_decref(kept[i % 100]);
		kept[i % 100] = json_pack("{s:[i,s]}", "key", i, "value");
	}
	return NULL;
}

static pinhole_filter *first;
static const char *path;

static void *in_thread(void *unused)
{
	(void)unused;
	for (int i = 0; i < 10; i++) {
		const struct sock_filter *a, *b;
		pinhole_filter *f = pinhole_load(path, NULL, NULL);
		if (f == NULL || pinhole_code(f, &a) != pinhole_code(first, &b) || memcmp(a, b, pinhole_code(f, NULL) * sizeof(*a)) != 0)
			return (void *)"another filter";
		pinhole_free(f);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	static struct state before, after;
	pthread_t threads[8];
	pthread_attr_t small;
	int wrong = 0;
	if (argc < 3)
		return 2;
	path = argv[1];
	umask(027);
	json_set_alloc_funcs(marked_malloc, marked_free);
	json_t *values[100] = {json_string("made before")};
	errno = EDOM;
	look(&before);
	first = pinhole_load(path, NULL, NULL);
	look(&after);
	tell(first != NULL ? "loaded" : "not loaded", &before, &after);
	look(&before);
	wrong = pinhole_load(argv[2], NULL, NULL) == NULL;
	before.error = after.error = 0;
	look(&after);
	after.error = before.error; /* of a failure errno tells nothing: the error does */
	tell(wrong ? "refused" : "not refused", &before, &after);
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 131072);
	for (int i = 0; i < 8; i++)
		pthread_create(&threads[i], &small, in_thread, NULL);
	use_jansson(values);
	wrong = 0;
	for (int i = 0; i < 8; i++) {
		void *result;
		pthread_join(threads[i], &result);
		wrong += result != NULL;
	}
	json_malloc_t now_malloc;
	json_free_t now_free;
	json_get_alloc_funcs(&now_malloc, &now_free);
	printf("jansson: %s\n", now_malloc == marked_malloc && now_free == marked_free ? "all as before" : "changed");
	for (int i = 0; i < 100; i++)
		json_decref(values[i]);
	printf("threads: %s\n", wrong == 0 ? "all the same" : "not all the same");
	pinhole_free(first);
	return 0;
}
