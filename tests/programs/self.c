/* build: -pthread */
/* What a process finds about itself under /proc, again and again while it makes calls enough for a recorder to lose
 * interest: all that is there but what changes by itself, its ids, and what a filter or a tracer changes openly (lines
 * NoNewPrivs, Seccomp, Seccomp_filters and TracerPid of status). SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <elf.h>
#include <err.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

static const char *folder = "/proc/self";

static FILE *get(const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return fopen(path, "r");
}

static int is_one_of(const char *line, const char *const *names, size_t n)
{
	size_t length = strcspn(line, ":");

	for (size_t i = 0; i < n; i++)
		if (strlen(names[i]) == length && strncmp(line, names[i], length) == 0)
			return 1;
	return 0;
}

static void status(void)
{
	static const char *const other[] = {"NoNewPrivs", "Seccomp", "Seccomp_filters", "TracerPid",
					    /* ids */
					    "Tgid", "Pid", "PPid", "NStgid", "NSpid", "NSpgid", "NSsid",
					    /* what changes by itself */
					    "VmPeak", "VmSize", "VmHWM", "VmRSS", "RssAnon", "RssFile", "RssShmem", "VmData",
					    "VmPTE", "SigQ", "voluntary_ctxt_switches", "nonvoluntary_ctxt_switches"};
	char line[4096];
	FILE *f = get("status");

	while (f && fgets(line, sizeof(line), f))
		if (!is_one_of(line, other, sizeof(other) / sizeof(other[0])))
			printf("status %s", line);
	if (f)
		fclose(f);
}

/* The fields of proc(5) by their numbers there. */
static void stat_fields(void)
{
	static const struct {
		int number;
		const char *name;
	} kept[] = {{3, "state"}, {7, "tty_nr"}, {8, "tpgid"}, {18, "priority"}, {19, "nice"}, {20, "num_threads"}, {21, "itrealvalue"},
		    {31, "signal"}, {32, "blocked"}, {33, "sigignore"}, {34, "sigcatch"}, {38, "exit_signal"}, {40, "rt_priority"},
		    {41, "policy"}, {52, "exit_code"}};
	char line[4096], *field;
	FILE *f = get("stat");

	if (!f || !fgets(line, sizeof(line), f))
		err(1, "stat");
	fclose(f);
	field = strtok(strrchr(line, ')') + 1, " \n");
	for (int number = 3; field; number++, field = strtok(NULL, " \n")) {
		for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
			if (kept[i].number == number)
				printf("stat %s %s\n", kept[i].name, field);
		if (number == 5)
			printf("stat pgrp is its own: %d\n", atoi(field) == getpgrp());
		if (number == 6)
			printf("stat session is its own: %d\n", atoi(field) == getsid(0));
		/* But PF_SUPERPRIV (include/linux/sched.h): a privilege was used once. */
		if (number == 9)
			printf("stat flags %#lx\n", strtoul(field, NULL, 10) & ~0x100UL);
	}
}

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* The mappings, without their addresses, sorted: where they are is a matter of chance. */
static void maps(void)
{
	static char lines[256][128];
	char line[PATH_MAX + 128], protection[8], path[PATH_MAX];
	size_t n = 0;
	FILE *f = get("maps");

	while (f && n < 256 && fgets(line, sizeof(line), f)) {
		path[0] = '\0';
		if (sscanf(line, "%*s %7s %*s %*s %*s %4095[^\n]", protection, path) >= 1)
			snprintf(lines[n++], sizeof(lines[0]), "maps %s %.100s", protection, strrchr(path, '/') ? strrchr(path, '/') + 1 : path);
	}
	if (f)
		fclose(f);
	qsort(lines, n, sizeof(lines[0]), by_text);
	for (size_t i = 0; i < n; i++)
		puts(lines[i]);
}

static void files(void)
{
	static const char *const names[] = {"comm", "cmdline", "oom_score_adj", "coredump_filter", "personality", "timerslack_ns",
					    "loginuid", "sessionid", "cgroup", "uid_map", "gid_map", "setgroups", "limits"};
	static const char *const links[] = {"exe", "cwd", "root", "ns/cgroup", "ns/ipc", "ns/mnt", "ns/net", "ns/pid", "ns/user", "ns/uts"};
	char text[4096], path[PATH_MAX];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		FILE *f = get(names[i]);
		size_t length = f ? fread(text, 1, sizeof(text), f) : 0;

		for (size_t j = 0; j < length; j++)
			if (text[j] == '\0')
				text[j] = ' ';
		printf("%s: %.*s%s", names[i], (int)length, text, length && text[length - 1] == '\n' ? "" : "\n");
		if (f)
			fclose(f);
	}
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, links[i]);
		ssize_t length = readlink(path, text, sizeof(text));

		printf("%s: %.*s\n", links[i], length > 0 ? (int)length : 0, text);
	}
}

/* What the kernel handed over at exec, as far as it is not an address or chance. */
static void auxiliary(void)
{
	static const struct {
		unsigned long type;
		const char *name;
	} kept[] = {{AT_PAGESZ, "AT_PAGESZ"}, {AT_CLKTCK, "AT_CLKTCK"}, {AT_PHENT, "AT_PHENT"}, {AT_PHNUM, "AT_PHNUM"}, {AT_FLAGS, "AT_FLAGS"},
		    {AT_UID, "AT_UID"}, {AT_EUID, "AT_EUID"}, {AT_GID, "AT_GID"}, {AT_EGID, "AT_EGID"}, {AT_SECURE, "AT_SECURE"},
		    {AT_HWCAP, "AT_HWCAP"}, {AT_HWCAP2, "AT_HWCAP2"}};

	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		printf("%s %#lx\n", kept[i].name, getauxval(kept[i].type));
	printf("AT_EXECFN %s\n", (char *)getauxval(AT_EXECFN));
}

static void descriptors(const char *name)
{
	char path[PATH_MAX];
	int n = 0;
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	DIR *d = opendir(path);

	while (d && readdir(d))
		n++;
	printf("%s has %d entries\n", name, n);
	if (d)
		closedir(d);
}

static void all(void)
{
	printf("%s\n", folder);
	status();
	stat_fields();
	maps();
	files();
	descriptors("fd");
	descriptors("task");
}

static void *thread(void *unused)
{
	folder = "/proc/thread-self";
	prctl(PR_SET_NAME, "another");
	all();
	return unused;
}

int main(void)
{
	pthread_t id;

	auxiliary();
	all();
	for (int i = 0; i < 3000; i++)
		getpriority(PRIO_PROCESS, 0);
	puts("after many calls");
	all();
	pthread_create(&id, NULL, thread, NULL);
	pthread_join(id, NULL);
	return 0;
}
