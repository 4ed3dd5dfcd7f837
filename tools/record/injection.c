/* record --inject: calls that fail, and what a command inherits. SPDX-License-Identifier: MIT */
#include "tools/record/injection.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "policies/abi/failures.h"
#include "policies/base/text.h"

/* What a command inherits. The functions run in its process before it is executed, and return 0 or an errno value. */
struct surrounding {
	const char *name, *values; /* "A B": these alone; NULL: see `set` */
	int (*set)(const char *value);
	bool (*valid)(const char *value); /* NULL: by `values` */
};

static int set_stream(int fd, const char *value)
{
	if (strcmp(value, "closed") == 0)
		return close(fd) == 0 || errno == EBADF ? 0 : errno;
	int other = -1, ends[2];
	if (strcmp(value, "pipe") == 0) { /* nobody writes to it, or reads from it */
		if (pipe(ends) != 0)
			return errno;
		other = ends[fd == 0 ? 0 : 1];
		close(ends[fd == 0 ? 1 : 0]);
	} else {
		other = open(strcmp(value, "full") == 0 ? "/dev/full" : "/dev/null", O_RDWR);
	}
	if (other < 0 || dup2(other, fd) < 0)
		return errno;
	if (other != fd)
		close(other);
	return 0;
}

static int set_stdin(const char *value)
{
	return set_stream(0, value);
}

static int set_stdout(const char *value)
{
	return set_stream(1, value);
}

static int set_stderr(const char *value)
{
	return set_stream(2, value);
}

static int set_cpus(const char *value)
{
	(void)value;
	cpu_set_t set, one;
	int cpu = 0;
	if (sched_getaffinity(0, sizeof(set), &set) != 0)
		return errno;
	while (!CPU_ISSET(cpu, &set))
		cpu++;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	return sched_setaffinity(0, sizeof(one), &one) == 0 ? 0 : errno;
}

/* A user namespace lets those without privileges make one for the network. */
static int set_network(const char *value)
{
	(void)value;
	return unshare(CLONE_NEWNET) == 0 || unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0 ? 0 : errno;
}

static const struct {
	const char *name;
	int resource;
} limits[] = {{"nofile", RLIMIT_NOFILE}, {"as", RLIMIT_AS}, {"fsize", RLIMIT_FSIZE}, {"stack", RLIMIT_STACK}, {"data", RLIMIT_DATA}};

/* Reads "nofile:16". Returns the row of limits[], or -1. */
static int limit_parse(const char *value, rlim_t *most)
{
	const char *colon = strchr(value, ':');
	char *end = NULL;
	if (colon == NULL || colon[1] < '0' || colon[1] > '9')
		return -1;
	*most = strtoull(colon + 1, &end, 10);
	for (size_t i = 0; *end == '\0' && i < sizeof(limits) / sizeof(limits[0]); i++)
		if (strlen(limits[i].name) == (size_t)(colon - value) && strncmp(value, limits[i].name, (size_t)(colon - value)) == 0)
			return (int)i;
	return -1;
}

static bool is_limit(const char *value)
{
	rlim_t most;
	return limit_parse(value, &most) >= 0;
}

static int set_limit(const char *value)
{
	rlim_t most = 0;
	int row = limit_parse(value, &most);
	struct rlimit limit;
	if (row < 0 || getrlimit((__rlimit_resource_t)limits[row].resource, &limit) != 0)
		return EINVAL;
	limit.rlim_cur = most < limit.rlim_max ? most : limit.rlim_max;
	return setrlimit((__rlimit_resource_t)limits[row].resource, &limit) == 0 ? 0 : errno;
}

static bool is_variable(const char *value)
{
	return value[0] != '\0' && value[0] != '=';
}

static int unset_variable(const char *value)
{
	return unsetenv(value) == 0 ? 0 : errno;
}

static int set_variable(const char *value)
{
	char name[64];
	const char *equals = strchr(value, '=');
	if (equals == NULL || (size_t)(equals - value) >= sizeof(name))
		return EINVAL;
	snprintf(name, sizeof(name), "%.*s", (int)(equals - value), value);
	return setenv(name, equals + 1, 1) == 0 ? 0 : errno;
}

static bool is_assignment(const char *value)
{
	const char *equals = strchr(value, '=');
	return equals != NULL && equals > value && equals - value < 64;
}

static const struct surrounding surroundings[] = {
	{"stdin", "closed null pipe", set_stdin, NULL},
	{"stdout", "closed null full pipe", set_stdout, NULL},
	{"stderr", "closed null full pipe", set_stderr, NULL},
	{"limit", NULL, set_limit, is_limit}, /* RESOURCE:NUMBER */
	{"cpus", "1", set_cpus, NULL},
	{"network", "none", set_network, NULL},
	{"unset", NULL, unset_variable, is_variable},
	{"set", NULL, set_variable, is_assignment}, /* NAME=VALUE */
};

const char *const injection_surroundings[] = {
	"stdin=closed", "stdout=closed",    "stderr=closed",	 "stdin=pipe",	   "stdout=full",	 "stdout=pipe",
	"stderr=full",	"limit=nofile:8",   "limit=nofile:16", "limit=fsize:0",	   "limit=as:67108864",	 "limit=data:8388608",
	"cpus=1",	"network=none",	    "unset=HOME",	 "unset=PATH",	   "set=TMPDIR=/nonexistent", "set=LC_ALL=xx_XX.UTF-8",
	"set=TZ=Nowhere/Land", "set=TERM=none",
};
const size_t injection_surrounding_count = sizeof(injection_surroundings) / sizeof(injection_surroundings[0]);

/* Reads NAME=VALUE. Returns 0; 1: it is no surrounding; or ERR_INPUT. */
static int parse_surrounding(const char *text, struct injection *out, struct error *e)
{
	size_t n = strcspn(text, "=");
	if (text[n] == '\0' || memchr(text, ':', n) != NULL || memchr(text, '(', n) != NULL)
		return 1;
	for (size_t i = 0; i < sizeof(surroundings) / sizeof(surroundings[0]); i++) {
		const struct surrounding *s = &surroundings[i];
		if (strlen(s->name) != n || strncmp(s->name, text, n) != 0)
			continue;
		out->surrounding = s;
		out->value = text + n + 1;
		if (s->valid != NULL ? s->valid(out->value) : text_has_word(s->values, out->value))
			return 0;
		if (s->values != NULL)
			return error_set(e, ERR_INPUT, "--inject=%.60s: %s must be one of: %s", text, s->name, s->values);
		return error_set(e, ERR_INPUT, "--inject=%.60s: give limit=RESOURCE:NUMBER (nofile, as, fsize, stack or data), unset=NAME, or "
					       "set=NAME=VALUE", text);
	}
	return error_set(e, ERR_INPUT, "--inject=%.60s: not known; the manual lists them", text);
}

/* Cuts the text at the next such character that is in no parentheses; returns what follows, or NULL. */
static char *cut(char *text, char at)
{
	unsigned depth = 0;
	for (; *text != '\0'; text++) {
		depth += *text == '(';
		depth -= *text == ')' && depth > 0;
		if (*text == at && depth == 0) {
			*text = '\0';
			return text + 1;
		}
	}
	return NULL;
}

/* Reads "ARG=VALUE,…" into the key. What selects the meaning of others comes first, as in the call. */
static int parse_values(char *text, const struct syscall_desc *call, struct fact_key *key, struct error *e)
{
	for (char *one = text, *next; one != NULL; one = next) {
		struct syscall_desc room;
		next = cut(one, ',');
		one += strspn(one, " ");
		char *value = cut(one, '=');
		const struct syscall_desc *now = abi_select(call, ARCH_NATIVE, key->values, key->args, &room);
		int arg = value != NULL ? syscall_arg_by_name(now, one) : -1;
		if (arg < 0)
			return error_set(e, ERR_INPUT, "--inject: %.40s has no argument \"%.40s\"; write %.40s(NAME=VALUE)", call->name, one,
					 call->name);
		if (!arg_checkable(&now->args[arg]) || now->args[arg].kind == ARG_POINTED)
			return error_set(e, ERR_INPUT, "--inject: %.40s's %.40s is not recorded, so it cannot be a condition", call->name, one);
		int rc = abi_value_parse(now, ARCH_NATIVE, (unsigned)arg, value, &key->values[arg], e);
		if (rc < 0)
			return error_prefix(e, "--inject: "), rc;
		key->args |= (uint8_t)(1u << arg);
	}
	return 0;
}

static int parse_call_text(char *text, struct fact_key *key, struct error *e)
{
	char *values = strchr(text, '('), *end = values != NULL ? strrchr(values, ')') : NULL;
	if (values != NULL && (end == NULL || end[1] != '\0'))
		return error_set(e, ERR_INPUT, "--inject: %.60s: a closing parenthesis is missing", text);
	if (values != NULL) {
		*values++ = '\0';
		*end = '\0';
	}
	*key = (struct fact_key){.phase = PHASE_MAIN, .arch = ARCH_NATIVE};
	int rc = abi_number(ARCH_NATIVE, text, &key->nr, e);
	if (rc != 0)
		return rc < 0 ? rc : error_set(e, ERR_INPUT, "--inject: %.40s: not a call of %s", text, arch_name(ARCH_NATIVE));
	const struct syscall_desc *call = abi_by_nr(ARCH_NATIVE, key->nr);
	if (values == NULL || values[strspn(values, " ")] == '\0')
		return 0;
	return call != NULL ? parse_values(values, call, key, e)
			    : error_set(e, ERR_INPUT, "--inject: %.40s: the arguments of this call are not known", text);
}

/* Reads a number from 1 to `most`. Returns 0: it is none. */
static uint64_t parse_count(const char *value, uint64_t most)
{
	char *end = NULL;
	unsigned long long n = value[0] >= '1' && value[0] <= '9' ? strtoull(value, &end, 10) : 0;
	return n > 0 && *end == '\0' && n <= most ? n : 0;
}

/* Reads "error=ENOSPC", "signal=SIGTERM", "short=1", "delay=20", "when=3+" or "phase=load". */
static int parse_how(char *word, struct record_fault *fault, struct error *e)
{
	enum { MOST_DELAY = 10000 };
	char *value = cut(word, '='), *end = NULL;
	int number = -1;
	if (value != NULL && strcmp(word, "error") == 0 && (number = errno_by_name(value)) > 0)
		fault->error = (unsigned)number;
	for (int i = 1; value != NULL && strcmp(word, "signal") == 0 && number < 0 && i < 32; i++)
		if (signal_name(i) != NULL && strcmp(signal_name(i), value) == 0)
			fault->signal = number = i;
	if (value != NULL && strcmp(word, "short") == 0 && (fault->most = parse_count(value, UINT32_MAX)) > 0)
		number = 0;
	if (value != NULL && strcmp(word, "delay") == 0 && (fault->delay = (unsigned)parse_count(value, MOST_DELAY)) > 0)
		number = 0;
	if (value != NULL && strcmp(word, "when") == 0 && value[0] >= '1' && value[0] <= '9') {
		fault->when = strtoull(value, &end, 10);
		fault->from_then_on = strcmp(end, "+") == 0;
		number = *end == '\0' || fault->from_then_on ? 0 : -1;
	}
	if (value != NULL && strcmp(word, "phase") == 0 && (phases_parse(value) == 1 || phases_parse(value) == 2)) {
		fault->key.phase = phases_parse(value) == 1 ? PHASE_LOAD : PHASE_MAIN;
		fault->any_phase = false;
		number = 0;
	}
	return number >= 0 ? 0
			   : error_set(e, ERR_INPUT,
				       "--inject: \"%.30s%s%.30s\": expected error=NAME (as ENOSPC), signal=NAME (as SIGTERM), short=NUMBER, "
				       "delay=MILLISECONDS (up to 10000), when=NUMBER, when=NUMBER+ "
				       "or phase=load|main",
				       word, value != NULL ? "=" : "", value != NULL ? value : "");
}

int injection_parse(const char *text, struct injection *out, struct error *e)
{
	*out = (struct injection){0};
	int rc = parse_surrounding(text, out, e);
	if (rc <= 0)
		return rc;
	char *copy = strdup(text), *how = copy != NULL ? cut(copy, ':') : NULL;
	if (copy == NULL)
		return error_memory(e);
	rc = parse_call_text(copy, &out->fault.key, e);
	out->fault.when = 1;
	out->fault.any_phase = true;
	for (char *next; rc == 0 && how != NULL; how = next) {
		next = cut(how, ':');
		rc = parse_how(how, &out->fault, e);
	}
	const struct record_fault *f = &out->fault;
	const struct syscall_desc *call = rc == 0 ? abi_by_nr(ARCH_NATIVE, f->key.nr) : NULL;
	if (rc == 0 && f->error == 0 && f->signal == 0 && f->most == 0 && f->delay == 0)
		rc = error_set(e, ERR_INPUT, "--inject=%.60s: says neither error=NAME nor signal=NAME, short=NUMBER or delay=MILLISECONDS", text);
	if (rc == 0 && f->most != 0 && (call == NULL || abi_transfer_size(call->name) < 0))
		rc = error_set(e, ERR_INPUT, "--inject=%.60s: short=NUMBER is for calls that read or write; this one does not", text);
	free(copy);
	return rc;
}

static int prepare(const void *of)
{
	const struct injection *i = of;
	return i->surrounding->set(i->value);
}

void injection_use(const struct injection *i, struct record_options *options)
{
	options->explore = true;
	if (i->fault.when > 0)
		options->fault = &i->fault;
	if (i->surrounding != NULL) {
		options->prepare = prepare;
		options->prepare_of = i;
	}
}
