/* Says what it notices when somebody attaches and leaves again and again: signals lost or out of order, waits that end with
 * EINTR though no handler ran in that thread, a child's fate. Ends after so many signals (2000). build: -pthread */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/sem.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static atomic_int epolls, semops, sleeps, done;
static volatile sig_atomic_t received, disorder;
static int pipe_ends[2];

static void handler(int signal, siginfo_t *info, void *context)
{
	(void)signal;
	(void)context;
	disorder += info->si_value.sival_int != received;
	received++;
}

static void *wait_for_pipe(void *unused)
{
	struct epoll_event event = {.events = EPOLLIN};
	int fd = epoll_create1(0);
	epoll_ctl(fd, EPOLL_CTL_ADD, pipe_ends[0], &event);
	while (!done) {
		char byte;
		int n = epoll_wait(fd, &event, 1, -1);
		if (n < 0 && errno == EINTR)
			epolls++;
		if (n > 0 && read(pipe_ends[0], &byte, 1) != 1)
			abort();
	}
	return unused;
}

static void *wait_for_semaphore(void *unused)
{
	sigset_t urgent;
	sigemptyset(&urgent);
	sigaddset(&urgent, SIGURG);
	pthread_sigmask(SIG_BLOCK, &urgent, NULL);
	int id = semget(IPC_PRIVATE, 1, 0600);
	while (!done) {
		struct sembuf take = {0, -1, 0};
		struct timespec t = {.tv_nsec = 7000000};
		if (semtimedop(id, &take, 1, &t) < 0 && errno == EINTR)
			semops++;
	}
	semctl(id, 0, IPC_RMID);
	return unused;
}

/* Between two bytes a signal that does nothing is sent to the process, and one to the thread that waits for them. The
 * thread at the semaphore takes none: its call has a time limit, and is made anew but seldom. */
static void *write_to_pipe(void *waiting)
{
	while (!done) {
		struct timespec t = {.tv_nsec = 1500000};
		if (nanosleep(&t, NULL) < 0)
			sleeps++;
		kill(getpid(), SIGURG);
		pthread_kill(*(pthread_t *)waiting, SIGURG);
		if (nanosleep(&t, NULL) < 0)
			sleeps++;
		if (write(pipe_ends[1], "", 1) != 1)
			abort();
	}
	/* Who waits may have looked at `done` just before it was set. */
	if (write(pipe_ends[1], "", 1) != 1)
		abort();
	return NULL;
}

/* The child. Real-time signals are queued: none may be lost (signal(7)). */
static void send(int count)
{
	struct timespec t = {.tv_nsec = 1000000};
	for (int i = 0; i < count; i++) {
		while (sigqueue(getppid(), SIGRTMIN, (union sigval){i}) != 0)
			;
		nanosleep(&t, NULL);
	}
	_exit(7);
}

int main(int argc, char **argv)
{
	int count = argc > 1 ? atoi(argv[1]) : 2000, status;
	struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
	sigset_t set, none;
	sigemptyset(&none);
	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN);
	sigprocmask(SIG_BLOCK, &set, NULL);
	sigaction(SIGRTMIN, &action, NULL);
	if (pipe(pipe_ends) != 0)
		return 2;
	pid_t child = fork();
	if (child == 0)
		send(count);
	pthread_t threads[3];
	pthread_create(&threads[0], NULL, wait_for_pipe, NULL);
	pthread_create(&threads[1], NULL, wait_for_semaphore, NULL);
	pthread_create(&threads[2], NULL, write_to_pipe, &threads[0]);
	while (received < count)
		sigsuspend(&none);
	if (waitpid(child, &status, 0) != child)
		return 2;
	done = 1;
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	printf("%d signals, %d out of order; EINTR from epoll_wait %d, semtimedop %d, nanosleep %d; the child: exit %d\n",
	       (int)received, (int)disorder, epolls, semops, sleeps, WIFEXITED(status) ? WEXITSTATUS(status) : -1);
	return 0;
}
