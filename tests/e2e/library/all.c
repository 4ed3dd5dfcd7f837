/* Calls of libpinhole, one a run: library ACT POLICY. SPDX-License-Identifier: MIT */
#include <errno.h>
#include <linux/filter.h>
#include <pinhole.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static pthread_barrier_t installed, ready;
static int other_error, diverge;

/* What getppid says in this thread: it never fails of itself. */
static int denied(void)
{
	return syscall(SYS_getppid) < 0 ? errno : 0;
}

static void *other(void *unused)
{
	(void)unused;
	struct sock_filter allow[] = {BPF_STMT(BPF_RET | BPF_K, 0x7fff0000)};
	struct sock_fprog program = {.len = 1, .filter = allow};
	if (diverge) {
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		syscall(SYS_seccomp, 1, 0, &program);
	}
	pthread_barrier_wait(&ready);
	pthread_barrier_wait(&installed);
	other_error = denied();
	return NULL;
}

static void tell(const char *who, int error)
{
	printf("%s: %s\n", who, error != 0 ? strerror(error) : "0");
}

static int from_memory(const char *path)
{
	char bytes[65536];
	struct pinhole_error e = {0};
	const struct sock_filter *code = NULL;
	FILE *file = fopen(path, "r");
	size_t n = file != NULL ? fread(bytes, 1, sizeof(bytes), file) : 0;
	pinhole_filter *f = pinhole_load_bytes(bytes, n, path, NULL, &e);
	if (f == NULL)
		return 1;
	printf("code: %s, text: %s: fine\n", pinhole_code(f, &code) > 3 && code != NULL && code[0].code == (BPF_LD | BPF_W | BPF_ABS) ? "yes" : "no", path);
	pinhole_free(f);
	pinhole_free(NULL);
	/* What is no policy, and an error that nobody asks for. */
	return pinhole_load_bytes("x", 1, "x", NULL, NULL) != NULL || pinhole_load("/nonexistent", NULL, NULL) != NULL;
}

int main(int argc, char **argv)
{
	struct pinhole_error e = {0};
	pthread_t thread;
	if (argc < 3)
		return 2;
	if (strcmp(argv[1], "memory") == 0)
		return from_memory(argv[2]);
	pinhole_filter *f = pinhole_load(argv[2], NULL, &e);
	if (f == NULL)
		return 2;
	if (strcmp(argv[1], "flag") == 0) {
		printf("flags: %d\n", pinhole_install(f, 64, &e));
		return denied();
	}
	setvbuf(stdout, malloc(4096), _IOFBF, 4096);
	tell("", 1); /* what strerror needs is there before */
	fflush(NULL);
	ftruncate(1, 0);
	lseek(1, 0, SEEK_SET);
	diverge = strcmp(argv[1], "diverged") == 0;
	pthread_barrier_init(&installed, NULL, 2);
	pthread_barrier_init(&ready, NULL, 2);
	pthread_create(&thread, NULL, other, NULL);
	pthread_barrier_wait(&ready);
	int rc = pinhole_install(f, strcmp(argv[1], "this") == 0 ? 0 : PINHOLE_ALL_THREADS | PINHOLE_LOG, &e);
	if (rc != 0)
		printf("thread: %d, number %d\n", rc, e.number);
	int mine = denied();
	pthread_barrier_wait(&installed);
	pthread_join(thread, NULL);
	tell("this thread", mine);
	if (rc == 0)
		tell("other thread", other_error);
	fflush(NULL);
	return 0;
}
