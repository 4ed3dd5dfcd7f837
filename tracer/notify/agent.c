/* The seccomp agent of OCI runtimes. SPDX-License-Identifier: MIT
 *
 * One process a container records it. This one takes the runtimes' connections, and holds a copy of each listener: where a recording
 * process is killed, the calls that wait are let go on, and another process records the rest. */
#include "tracer/notify/agent.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "policies/base/clock.h"
#include "policies/base/text.h"
#include "tracer/notify/pass_fd.h"

enum {
	PENDING = 64,		/* connections that have not sent their whole message */
	MESSAGE_LIMIT = 1 << 20, /* bytes of a message */
	MESSAGE_TIME = 5000,	/* milliseconds for sending it */
	LISTENERS = 1000,	/* of one container at once: one for it and one for each exec into it */
	DEATHS = 3,		/* recordings of one container that may be killed before it is let go on unrecorded */
};

/* A connection of a runtime. */
struct pending {
	int socket;
	struct text bytes;
	int fds[PASS_FDS];
	size_t fd_count;
	int64_t since;
};

/* A container that is recorded. */
struct kept {
	struct container container;
	pid_t pid;
	int pidfd, orders;
	VEC(int) listeners;	    /* copies of all that its process has */
	struct container_shared *shared; /* with its process */
	unsigned deaths;
};

struct agent {
	const struct agent_options *options;
	int socket, signals;
	sigset_t mask;	/* as it was before the agent took the signals */
	pid_t user;	/* the process that options->begin started */
	int user_pidfd; /* -1: it has ended, or there is none */
	struct agent_ended *ended;
	struct pending pending[PENDING];
	size_t pending_count;
	VEC(struct kept *) containers;
	VEC(struct pollfd) polled;
	bool stopping;
};

/* Closes and frees what was received. */
static void pending_close(struct pending *p)
{
	for (size_t i = 0; i < p->fd_count; i++)
		close(p->fds[i]);
	if (p->socket >= 0)
		close(p->socket);
	text_free(&p->bytes);
	*p = (struct pending){.socket = -1};
}

static void kept_free(struct kept *k)
{
	for (size_t i = 0; i < k->listeners.count; i++)
		close(k->listeners.items[i]);
	vec_free(&k->listeners);
	if (k->pidfd >= 0)
		close(k->pidfd);
	if (k->orders >= 0)
		close(k->orders);
	if (k->shared != NULL)
		munmap(k->shared, sizeof(*k->shared));
	container_clear(&k->container);
	free(k);
}

/* The process that records: holds nothing of the agent's but what belongs to its container. */
static void record(struct agent *a, struct kept *k, int orders)
{
	struct container_channel channel = {.agent = orders, .shared = k->shared};
	setsid();
	close(a->socket);
	close(a->signals);
	if (a->user_pidfd >= 0)
		close(a->user_pidfd);
	for (size_t i = 0; i < a->pending_count; i++)
		pending_close(&a->pending[i]);
	for (size_t i = 0; i < a->containers.count; i++)
		if (a->containers.items[i] != NULL && a->containers.items[i] != k)
			kept_free(a->containers.items[i]);
	for (size_t i = 0; i < k->listeners.count; i++)
		if (!vec_push(&channel.listeners, k->listeners.items[i]))
			_exit(1);
	exit(a->options->record(a->options->context, &k->container, &channel));
}

/* Starts the process that records a container. Returns 0 or ERR_SYSTEM. */
static int start(struct agent *a, struct kept *k, struct error *e)
{
	int ends[2];
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
		return error_system(e, "container %s: cannot make a pair of sockets", k->container.id);
	pid_t pid = fork();
	if (pid == 0) {
		close(ends[0]);
		record(a, k, ends[1]);
	}
	close(ends[1]);
	int pidfd = pid > 0 ? (int)syscall(SYS_pidfd_open, pid, 0) : -1;
	if (pidfd < 0) {
		close(ends[0]);
		return error_system(e, "container %s: cannot start the process that records it", k->container.id);
	}
	k->pid = pid;
	k->pidfd = pidfd;
	k->orders = ends[0];
	if (a->stopping)
		pass_fd_send(k->orders, CONTAINER_STOP, -1);
	return 0;
}

/* Forgets listeners whose processes have ended. Returns whether any is left. */
static bool drop_ended(struct kept *k)
{
	size_t left = 0;
	for (size_t i = 0; i < k->listeners.count; i++) {
		struct pollfd p = {.fd = k->listeners.items[i], .events = POLLIN};
		if (poll(&p, 1, 0) >= 0 && listener_is_over(&p))
			close(p.fd);
		else
			k->listeners.items[left++] = p.fd;
	}
	k->listeners.count = left;
	return left > 0;
}

/* Nobody records the container any more. Its calls go on. */
static void let_go_on(const struct agent *a, struct kept *k, const char *why)
{
	struct error e = {0};
	int rc = container_keep(k->listeners.items, k->listeners.count, &e);
	a->options->say("container %s: %s; it goes on unrecorded%s%s", k->container.id, why,
			rc < 0 ? ", and its calls fail with ENOSYS where they are not allowed: " : "", rc < 0 ? e.text : "");
}

/* The process that records a container has ended: so has the container, or another process must go on. Returns whether one does. */
static bool on_ended(struct agent *a, struct kept *k)
{
	int status = 0;
	struct error e = {0};
	waitpid(k->pid, &status, 0);
	close(k->pidfd);
	close(k->orders);
	k->pidfd = k->orders = -1;
	bool fine = WIFEXITED(status) && WEXITSTATUS(status) == 0, alive = drop_ended(k);
	/* It may have died between taking a call and answering it. */
	for (size_t i = 0; !fine && i < k->listeners.count; i++)
		listener_continue(k->listeners.items[i], k->shared->taken.notif.id);
	if (!fine)
		k->deaths++;
	if (!alive || (a->stopping && fine))
		return false;
	if (a->stopping || k->deaths > DEATHS) {
		let_go_on(a, k, "the process that records it has ended");
		return false;
	}
	if (!fine)
		a->options->say("container %s: the process that records it has ended before the container; another one goes on",
				k->container.id);
	if (start(a, k, &e) == 0)
		return true;
	let_go_on(a, k, e.text);
	return false;
}

static struct kept *find(const struct agent *a, const char *id)
{
	for (size_t i = 0; i < a->containers.count; i++)
		if (a->containers.items[i] != NULL && strcmp(a->containers.items[i]->container.id, id) == 0)
			return a->containers.items[i];
	return NULL;
}

/* One more listener of a container that is recorded already. */
static int add_listener(struct kept *k, int listener, struct error *e)
{
	drop_ended(k);
	if (k->listeners.count >= LISTENERS)
		return error_set(e, ERR_LIMIT, "container %s: more than %d listeners at once; this one is refused", k->container.id, LISTENERS);
	if (!vec_push(&k->listeners, listener))
		return error_memory(e);
	/* Where its process has just ended (EPIPE), the next one takes all that are left. */
	if (pass_fd_send(k->orders, CONTAINER_LISTENER, listener) < 0 && errno != EPIPE && errno != ECONNRESET) {
		k->listeners.count--;
		return error_system(e, "container %s: its recording takes no further listener", k->container.id);
	}
	return 0;
}

/* Begins to record a container. Takes what *c holds. */
static int add_container(struct agent *a, struct container *c, int listener, struct error *e)
{
	if (a->containers.count >= AGENT_CONTAINERS)
		return error_set(e, ERR_LIMIT, "container %s: more than %d containers at once; this one is refused", c->id, AGENT_CONTAINERS);
	struct kept *k = calloc(1, sizeof(*k));
	if (k == NULL)
		return error_memory(e);
	*k = (struct kept){.container = *c, .pidfd = -1, .orders = -1};
	*c = (struct container){0};
	k->shared = mmap(NULL, sizeof(*k->shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	k->shared = k->shared != MAP_FAILED ? k->shared : NULL;
	int rc = k->shared != NULL && vec_reserve(&k->listeners, 1) && vec_reserve(&a->containers, 1) ? 0 : error_memory(e);
	if (rc == 0) {
		k->listeners.items[k->listeners.count++] = listener;
		rc = start(a, k, e);
	}
	if (rc == 0) {
		a->containers.items[a->containers.count++] = k;
		if (a->ended != NULL)
			a->ended->containers++;
		return 0;
	}
	k->listeners.count = 0; /* the caller closes it */
	kept_free(k);
	return rc;
}

/* A whole message has come: hands its listener to whoever records the container. */
static int admit(struct agent *a, struct pending *p, struct container *c, struct error *e)
{
	if (c->descriptor >= p->fd_count)
		return error_set(e, ERR_INPUT, "the runtime's message: names %zu descriptors, but %zu came with it", c->descriptor + 1,
				 p->fd_count);
	int listener = p->fds[c->descriptor];
	if (!listener_is_one(listener))
		return error_set(e, ERR_INPUT, "the runtime's message: its seccompFd is no listener of seccomp");
	p->fds[c->descriptor] = p->fds[--p->fd_count]; /* what is left there is closed in the process that records */
	struct kept *k = find(a, c->id);
	int rc = k != NULL ? add_listener(k, listener, e) : add_container(a, c, listener, e);
	if (rc < 0)
		close(listener);
	return rc;
}

/* Reads what a runtime has sent. Returns whether more is to come. */
static bool on_bytes(struct agent *a, struct pending *p)
{
	char bytes[65536];
	size_t n;
	int fds[PASS_FDS];
	struct error e = {0};
	struct container c = {0};
	ssize_t got = pass_fds_receive(p->socket, bytes, sizeof(bytes), fds, &n);
	for (size_t i = 0; i < n; i++)
		if (p->fd_count < PASS_FDS)
			p->fds[p->fd_count++] = fds[i];
		else
			close(fds[i]);
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return true;
	if (got > 0)
		text_add_bytes(&p->bytes, bytes, (size_t)got);
	int rc = p->bytes.failed ? error_memory(&e) : container_parse(text_string(&p->bytes), p->bytes.count, &c, &e);
	if (rc == 1 && got > 0 && p->bytes.count <= MESSAGE_LIMIT) {
		container_clear(&c);
		return true;
	}
	if (rc == 1)
		rc = error_set(&e, ERR_INPUT, "the runtime's message: %s",
			       p->bytes.count > MESSAGE_LIMIT ? "is longer than 1 MiB" : "ends before its JSON text does");
	if (rc == 0)
		rc = admit(a, p, &c, &e);
	if (rc < 0)
		a->options->say("refused: %s", e.text);
	container_clear(&c);
	return false;
}

/* Whether whoever has connected may: it is the superuser, or this user. */
static bool may_connect(int socket)
{
	struct ucred peer;
	socklen_t size = sizeof(peer);
	return getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && (peer.uid == 0 || peer.uid == geteuid());
}

static void on_connection(struct agent *a)
{
	int fd = accept4(a->socket, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd < 0)
		return;
	if (may_connect(fd)) {
		a->pending[a->pending_count++] = (struct pending){.socket = fd, .since = now_ms()};
		return;
	}
	a->options->say("refused: a connection of another user");
	close(fd);
}

/* Reads from all connections that have something to say. */
static void on_pending(struct agent *a, const struct pollfd *polled)
{
	size_t kept = 0;
	int64_t now = now_ms();
	for (size_t i = 0; i < a->pending_count; i++) {
		struct pending *p = &a->pending[i];
		bool stays = polled[i].revents == 0 || on_bytes(a, p);
		if (stays && now - p->since >= MESSAGE_TIME) {
			a->options->say("refused: a message that did not come within %d seconds", MESSAGE_TIME / 1000);
			stays = false;
		}
		if (!stays)
			pending_close(p);
		struct pending moved = *p;
		*p = (struct pending){.socket = -1};
		if (stays)
			a->pending[kept++] = moved;
	}
	a->pending_count = kept;
}

static void stop(struct agent *a)
{
	a->stopping = true;
	for (size_t i = 0; i < a->containers.count; i++)
		pass_fd_send(a->containers.items[i]->orders, CONTAINER_STOP, -1);
}

/* A terminal sends its signals to the process that uses the agent, too. */
static void on_signals(struct agent *a)
{
	struct signalfd_siginfo s;
	while (read(a->signals, &s, sizeof(s)) == (ssize_t)sizeof(s))
		if (a->user_pidfd < 0)
			stop(a);
		else if (s.ssi_code != SI_KERNEL)
			kill(a->user, (int)s.ssi_signo);
}

static void on_user_ended(struct agent *a)
{
	if (waitpid(a->user, &a->ended->status, WNOHANG) != a->user)
		return;
	close(a->user_pidfd);
	a->user_pidfd = -1;
}

/* Looks which recordings have ended. */
static void on_recordings(struct agent *a, const struct pollfd *polled)
{
	struct kept **all = a->containers.items;
	size_t kept = 0;
	for (size_t i = 0; i < a->containers.count; i++)
		if (polled[i].revents != 0 && !on_ended(a, all[i])) {
			kept_free(all[i]);
			all[i] = NULL;
		}
	for (size_t i = 0; i < a->containers.count; i++)
		if (all[i] != NULL)
			all[kept++] = all[i];
	a->containers.count = kept;
}

/* One look at everything. */
static int step(struct agent *a, struct error *e)
{
	size_t containers = a->containers.count, pending = a->pending_count, n = 0;
	a->polled.count = 0;
	if (!vec_reserve(&a->polled, containers + pending + 3))
		return error_memory(e);
	struct pollfd *p = a->polled.items;
	p[n++] = (struct pollfd){.fd = a->signals, .events = POLLIN};
	p[n++] = (struct pollfd){.fd = a->stopping || pending == PENDING ? -1 : a->socket, .events = POLLIN};
	for (size_t i = 0; i < pending; i++)
		p[n++] = (struct pollfd){.fd = a->pending[i].socket, .events = POLLIN};
	for (size_t i = 0; i < containers; i++)
		p[n++] = (struct pollfd){.fd = a->containers.items[i]->pidfd, .events = POLLIN};
	p[n++] = (struct pollfd){.fd = a->user_pidfd, .events = POLLIN};
	if (poll(p, n, pending > 0 ? 1000 : -1) < 0 && errno != EINTR)
		return error_system(e, "cannot wait for containers");
	on_recordings(a, p + 2 + pending);
	on_pending(a, p + 2);
	if (p[1].revents != 0)
		on_connection(a);
	if (p[0].revents != 0)
		on_signals(a);
	if (p[n - 1].revents != 0)
		on_user_ended(a);
	return 0;
}

/* From now on the signals that end a process wait at a descriptor. */
static int take_signals(sigset_t *before, struct error *e)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, before);
	int fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd >= 0 ? fd : error_system(e, "cannot wait for signals");
}

/* Starts what uses the agent. */
static int begin(struct agent *a, struct error *e)
{
	int rc = a->options->begin(a->options->context, &a->mask, &a->user, e);
	if (rc == 0 && (a->user_pidfd = (int)syscall(SYS_pidfd_open, a->user, 0)) < 0) {
		rc = error_system(e, "cannot wait for the command");
		kill(a->user, SIGTERM);
	}
	return rc;
}

/* Takes as many open files as the machine lets it have. */
static void raise_files(void)
{
	struct rlimit files;
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
}

/* Whether there is nothing left to do. */
static bool is_done(const struct agent *a)
{
	bool last = a->stopping || (a->user > 0 && a->user_pidfd < 0 && a->pending_count == 0);
	return last && a->containers.count == 0;
}

int agent_run(const struct agent_options *options, struct agent_ended *ended, struct error *e)
{
	struct agent *a = calloc(1, sizeof(*a));
	bool bound = false;
	if (a == NULL)
		return error_memory(e);
	a->options = options;
	a->ended = ended;
	a->signals = a->user_pidfd = -1;
	int rc = listener_fits() ? 0 : error_set(e, ERR_SYSTEM, "this system's notifications are unknown to this pinhole");
	if (rc == 0)
		rc = a->socket = agent_socket_open(options->socket, &bound, e);
	if (rc >= 0)
		rc = a->signals = take_signals(&a->mask, e);
	rc = rc > 0 ? 0 : rc;
	if (rc == 0 && options->begin != NULL)
		rc = begin(a, e);
	else if (rc == 0)
		options->say("listening at %s", options->socket);
	raise_files();
	while (rc == 0 && !is_done(a))
		rc = step(a, e);
	while (a->pending_count > 0)
		pending_close(&a->pending[--a->pending_count]);
	while (a->containers.count > 0)
		kept_free(a->containers.items[--a->containers.count]);
	if (bound && a->signals >= 0)
		unlink(options->socket);
	vec_free(&a->containers);
	vec_free(&a->polled);
	free(a);
	return rc;
}
