/* build: -pthread */
/* A virus scanner: whoever opens the program that it is given must wait for its permission. It executes the program itself,
 * and says how often it was opened. SPDX-License-Identifier: MIT */
#include <err.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/fanotify.h>
#include <sys/wait.h>
#include <unistd.h>

static atomic_int opened;

static void *permit(void *group)
{
	struct fanotify_event_metadata events[64];
	int fd = *(int *)group;
	ssize_t n;

	while ((n = read(fd, events, sizeof(events))) > 0)
		for (struct fanotify_event_metadata *event = events; FAN_EVENT_OK(event, n); event = FAN_EVENT_NEXT(event, n)) {
			struct fanotify_response answer = {event->fd, FAN_ALLOW};

			opened++;
			if (write(fd, &answer, sizeof(answer)) != sizeof(answer))
				err(1, "write");
			close(event->fd);
		}
	err(1, "read");
}

int main(int argc, char **argv)
{
	int fd = fanotify_init(FAN_CLASS_CONTENT | FAN_CLOEXEC, O_RDONLY), status;
	pthread_t thread;

	if (argc < 2)
		return 2;
	if (fd < 0 || fanotify_mark(fd, FAN_MARK_ADD, FAN_OPEN_PERM, AT_FDCWD, argv[1]) != 0)
		err(1, "fanotify");
	pthread_create(&thread, NULL, permit, &fd);
	for (int i = 0; i < 5; i++) {
		pid_t child = fork();

		if (child == 0) {
			execv(argv[1], argv + 1);
			_exit(127);
		}
		if (waitpid(child, &status, 0) != child || status != 0)
			errx(1, "%s ended with %d", argv[1], status);
	}
	printf("%d times\n", opened);
	return 0;
}
