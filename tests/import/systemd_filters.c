/* The filters that systemd's own code makes of settings: its shared library is loaded, and asked as core/execute.c does, in that
 * order. None is installed: each is written to FOLDER/NN.
 *     systemd_filters LIBRARY FOLDER SETTING=VALUE…
 * Ends with 3 where the library has not the functions of systemd 252, and with 4 where systemd itself gives up: libseccomp takes no
 * rule whose answer is the default's. SPDX-License-Identifier: MIT */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { INVERT = 1, ALLOW_LIST = 2, PERMISSIVE = 8, KILL = INT32_MAX - 1 };
#define ACT_KILL_PROCESS 0x80000000u
#define ACT_LOG 0x7ffc0000u
#define ACT_ALLOW 0x7fff0000u
#define ACT_ERRNO(x) (0x00050000u | ((x) & 0xffffu))

static const char *folder;
static void *library;
static int made;

/* In place of libseccomp's, which would install it. */
int seccomp_load(const void *context);
__attribute__((visibility("default"))) int seccomp_load(const void *context)
{
	int (*export)(const void *, int) = (int (*)(const void *, int))dlsym(library, "seccomp_export_bpf");
	char path[4096];
	snprintf(path, sizeof(path), "%s/%02d", folder, made++);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	int rc = fd < 0 || export == NULL ? -errno : export(context, fd);
	close(fd);
	if (rc != 0)
		exit(2);
	return 0;
}

static void *find(const char *name)
{
	void *f = dlsym(library, name);
	if (f == NULL) {
		fprintf(stderr, "no %s in there\n", name);
		exit(3);
	}
	return f;
}

struct list {
	void *map;
	bool allows;
};

static void add_words(struct list *l, char *value, bool with_default)
{
	int (*parse)(const char *, int, void *, int, const char *, const char *, unsigned) = find("seccomp_parse_syscall_filter");
	int (*split)(const char *, char **, int *) = find("parse_syscall_and_errno");
	void *(*new_map)(const void *) = find("_hashmap_new");
	bool inverted = *value == '~';
	if (l->map == NULL) {
		l->map = new_map(NULL);
		l->allows = !inverted;
		if (l->allows && with_default)
			parse("@default", -1, l->map, PERMISSIVE | ALLOW_LIST, NULL, NULL, 0);
	}
	for (char *word = strtok(value + inverted, " "); word != NULL; word = strtok(NULL, " ")) {
		char *name = NULL;
		int number = -1;
		if (split(word, &name, &number) >= 0 && (inverted || number < 0))
			parse(name, number, l->map, PERMISSIVE | (inverted ? INVERT : 0) | (l->allows ? ALLOW_LIST : 0), NULL, NULL, 0);
		free(name);
	}
}

/* The value of the last such setting, as a copy; NULL: there is none. */
static char *setting(char **settings, const char *name)
{
	char *found = NULL;
	for (; *settings != NULL; settings++)
		if (strncmp(*settings, name, strlen(name)) == 0 && (*settings)[strlen(name)] == '=')
			found = *settings + strlen(name) + 1;
	return found != NULL ? strdup(found) : NULL;
}

static bool on(char **settings, const char *name)
{
	char *value = setting(settings, name);
	bool yes = value != NULL && strcmp(value, "yes") == 0;
	free(value);
	return yes;
}

static void no_arguments(const char *function) { ((int (*)(void))find(function))(); }

static void group(const char *name)
{
	const void *(*find_set)(const char *) = find("syscall_filter_set_find");
	((int (*)(uint32_t, const void *, uint32_t, bool))find("seccomp_load_syscall_filter_set"))(ACT_ALLOW, find_set(name), ACT_ERRNO(EPERM), false);
}

static void families(char *value)
{
	int (*from_name)(const char *) = find("af_from_name");
	int (*put)(void *, const void *) = find("set_put");
	void *set = ((void *(*)(const void *))find("_set_new"))(NULL);
	bool inverted = *value == '~';
	for (char *word = strtok(value + inverted, " "); word != NULL; word = strtok(NULL, " "))
		if (strcmp(word, "none") != 0)
			put(set, (void *)(intptr_t)from_name(word));
	((int (*)(void *, bool))find("seccomp_restrict_address_families"))(set, !inverted);
}

static void namespaces(char *value)
{
	const unsigned long all = 0x7e020000;
	unsigned long flags = 0;
	bool inverted = *value == '~';
	if (strcmp(value, "no") == 0)
		flags = all;
	else if (strcmp(value, "yes") != 0)
		((int (*)(const char *, unsigned long *))find("namespace_flags_from_string"))(value + inverted, &flags);
	((int (*)(unsigned long))find("seccomp_restrict_namespaces"))(inverted ? ~flags & all : flags);
}

static void lists(char **settings)
{
	struct list filter = {0}, log = {0};
	int (*load)(uint32_t, void *, uint32_t, bool) = find("seccomp_load_syscall_filter_set_raw");
	for (char **s = settings; *s != NULL; s++) {
		char *copy = strdup(*s);
		if (strncmp(copy, "SystemCallFilter=", 17) == 0)
			add_words(&filter, copy + 17, true);
		if (strncmp(copy, "SystemCallLog=", 14) == 0)
			add_words(&log, copy + 14, false);
		free(copy);
	}
	char *number = setting(settings, "SystemCallErrorNumber");
	int error = number != NULL ? ((int (*)(const char *))find("parse_errno"))(number) : -1;
	uint32_t negative = error > 0 ? ACT_ERRNO((uint32_t)error) : ACT_KILL_PROCESS;
	free(number);
	int rc = 0;
	if (log.map != NULL)
		rc = load(log.allows ? ACT_ALLOW : ACT_LOG, log.map, log.allows ? ACT_LOG : ACT_ALLOW, false);
	if (rc == 0 && filter.map != NULL)
		rc = load(filter.allows ? negative : ACT_ALLOW, filter.map, filter.allows ? ACT_ALLOW : negative, false);
	if (rc < 0) {
		fprintf(stderr, "the service would not start: %s\n", strerror(-rc));
		exit(4);
	}
}

int main(int argc, char **argv)
{
	char *value;
	if (argc < 3 || (library = dlopen(argv[1], RTLD_NOW | RTLD_GLOBAL)) == NULL) {
		fprintf(stderr, "%s\n", argc < 3 ? "systemd_filters LIBRARY FOLDER SETTING=VALUE…" : dlerror());
		return 3;
	}
	folder = argv[2];
	argv += 3;
	if (on(argv, "ProtectHostname"))
		no_arguments("seccomp_protect_hostname");
	if ((value = setting(argv, "RestrictAddressFamilies")) != NULL)
		families(value);
	if (on(argv, "MemoryDenyWriteExecute"))
		no_arguments("seccomp_memory_deny_write_execute");
	if (on(argv, "RestrictRealtime"))
		((int (*)(int))find("seccomp_restrict_realtime_full"))(EPERM);
	if (on(argv, "RestrictSUIDSGID"))
		no_arguments("seccomp_restrict_suid_sgid");
	if ((value = setting(argv, "RestrictNamespaces")) != NULL)
		namespaces(value);
	if (on(argv, "ProtectKernelTunables"))
		no_arguments("seccomp_protect_sysctl");
	if (on(argv, "ProtectKernelModules"))
		group("@module");
	if (on(argv, "ProtectKernelLogs"))
		no_arguments("seccomp_protect_syslog");
	if (on(argv, "ProtectClock"))
		group("@clock");
	if (on(argv, "PrivateDevices"))
		group("@raw-io");
	if (on(argv, "LockPersonality"))
		((int (*)(unsigned long))find("seccomp_lock_personality"))(0);
	lists(argv);
	return 0;
}
