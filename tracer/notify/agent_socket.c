/* The socket of the seccomp agent. SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "tracer/notify/agent.h"

/* The socket that systemd has opened: the first descriptor that it passes. -1: it passes none. */
static int socket_of_systemd(void)
{
	enum { FIRST = 3 }; /* SD_LISTEN_FDS_START */
	const char *pid = getenv("LISTEN_PID"), *n = getenv("LISTEN_FDS");
	if (pid == NULL || n == NULL || atoi(pid) != (int)getpid() || atoi(n) < 1)
		return -1;
	int listens = 0, domain = 0;
	socklen_t size = sizeof(int);
	if (getsockopt(FIRST, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0 || !listens ||
	    getsockopt(FIRST, SOL_SOCKET, SO_DOMAIN, &domain, &size) != 0 || domain != AF_UNIX)
		return -1;
	fcntl(FIRST, F_SETFD, FD_CLOEXEC);
	fcntl(FIRST, F_SETFL, fcntl(FIRST, F_GETFL) | O_NONBLOCK);
	return FIRST;
}

/* Removes a socket at which nobody listens. Returns 0 where nothing is there now, or a negative code. */
static int clear_path(const struct sockaddr_un *name, struct error *e)
{
	struct stat st;
	if (lstat(name->sun_path, &st) != 0)
		return errno == ENOENT ? 0 : error_system(e, "%s: cannot make the socket", name->sun_path);
	if (!S_ISSOCK(st.st_mode))
		return error_set(e, ERR_INPUT, "%s: is no socket; give another path", name->sun_path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool refused = fd >= 0 && connect(fd, (const struct sockaddr *)name, sizeof(*name)) != 0 && errno == ECONNREFUSED;
	if (fd >= 0)
		close(fd);
	if (!refused)
		return error_set(e, ERR_INPUT, "%s: another agent listens there already; end it, or give another path", name->sun_path);
	return unlink(name->sun_path) == 0 ? 0 : error_system(e, "%s: cannot replace the old socket", name->sun_path);
}

int agent_socket_open(const char *path, bool *bound, struct error *e)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	int fd = socket_of_systemd();
	*bound = fd < 0;
	if (fd >= 0)
		return fd;
	if (strlen(path) >= sizeof(name.sun_path))
		return error_set(e, ERR_INPUT, "%s: the path of a socket has at most %zu bytes; give a shorter one", path,
				 sizeof(name.sun_path) - 1);
	memcpy(name.sun_path, path, strlen(path) + 1);
	if (clear_path(&name, e) < 0)
		return e->code;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	mode_t before = umask(0177);
	bool listens = fd >= 0 && bind(fd, (const struct sockaddr *)&name, sizeof(name)) == 0 && listen(fd, SOMAXCONN) == 0;
	umask(before);
	if (listens)
		return fd;
	int rc = error_system(e, "%s: cannot listen there", path);
	if (fd >= 0)
		close(fd);
	return rc;
}
