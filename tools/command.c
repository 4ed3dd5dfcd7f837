/* Functions that the subcommands share. SPDX-License-Identifier: MIT */
#include "tools/command.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "policies/base/style.h"
#include "policies/show/show.h"

const struct infer_options infer_defaults = {.args = ARGS_SHAPE, .generalize = GENERALIZE_CAPABILITY, .default_action = {ACTION_KILL, 0}};

int command_flush(void)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return EXIT_FINE;
	fprintf(stderr, "pinhole: standard output: cannot write it: %s\n", strerror(errno));
	return EXIT_ERROR;
}

void command_operands(int argc, char **argv, int min, int max)
{
	(void)argv;
	int n = argc - optind;
	if (n >= min && (max < 0 || n <= max))
		return;
	fprintf(stderr, "pinhole: usage: pinhole %s %s\n", command_current->name, command_current->usage);
	exit(EXIT_ERROR);
}

int parse_call(const char *option, const char *text, struct error *e)
{
	const char *near = abi_nearest(text);
	return abi_by_name(text) != NULL ? 0
					 : error_set(e, ERR_INPUT, "--%s=%.40s: not a system call%s%s", option, text,
						     near != NULL ? "; did you mean " : "", near != NULL ? near : "");
}

int parse_duration(const char *option, const char *text, uint64_t *ms, struct error *e)
{
	static const struct {
		const char *name;
		double ms;
	} units[] = {{"", 1e3}, {"s", 1e3}, {"ms", 1}, {"m", 60e3}, {"h", 3600e3}, {"d", 86400e3}};
	char *end = NULL;
	bool number = text[0] >= '0' && text[0] <= '9' && text[1] != 'x' && text[1] != 'X';
	double value = number ? strtod(text, &end) : 0;
	for (size_t i = 0; number && i < sizeof(units) / sizeof(units[0]); i++)
		if (strcmp(end, units[i].name) == 0 && value * units[i].ms >= 1 && value * units[i].ms < 1e15) {
			*ms = (uint64_t)(value * units[i].ms);
			return 0;
		}
	return error_set(e, ERR_INPUT, "--%s=%.40s: not a duration; write one like 30s, 5m, 1.5h or 500ms", option, text);
}

static bool progress_shown;

void command_progress(const char *format, ...)
{
	if (!isatty(STDERR_FILENO) || (format == NULL && !progress_shown))
		return;
	progress_shown = format != NULL;
	fprintf(stderr, "\r\033[K");
	if (format == NULL)
		return;
	va_list args;
	va_start(args, format);
	fprintf(stderr, "pinhole: ");
	vfprintf(stderr, format, args);
	fprintf(stderr, " … ");
	va_end(args);
}

void command_say(const char *format, ...)
{
	command_progress(NULL);
	struct text safe = {0};
	char *words = NULL;
	va_list args;
	va_start(args, format);
	int n = vasprintf(&words, format, args);
	va_end(args);
	if (n >= 0)
		text_add_safe(&safe, words);
	fprintf(stderr, "pinhole: %s\n", n < 0 || safe.failed ? "out of memory" : text_string(&safe));
	text_free(&safe);
	if (n >= 0)
		free(words);
}

void command_warn(const struct text *lines)
{
	command_progress(NULL);
	struct text safe = {0};
	text_add_safe_lines(&safe, text_string(lines));
	fputs(safe.failed ? "pinhole: out of memory\n" : text_string(&safe), stderr);
	text_free(&safe);
}

int command_fail(const struct error *e)
{
	command_say("%s", e->text);
	return EXIT_ERROR;
}

int command_keeps(const char *path, const char *source, struct error *e)
{
	struct stat to, from;
	if (path == NULL || strcmp(path, "-") == 0 || stat(path, &to) != 0 || stat(source, &from) != 0 ||
	    !S_ISREG(to.st_mode) || to.st_dev != from.st_dev || to.st_ino != from.st_ino)
		return 0;
	return error_set(e, ERR_INPUT, "-o %s: would be overwritten, and the command reads it; name another file", path);
}

void command_waits(const char *path, const char *holder)
{
	command_say("%s: waiting for %s, which holds the lock of its folder", path, holder);
}

/* What --color and --all say. */
static enum { COLOUR_AUTO, COLOUR_ALWAYS, COLOUR_NEVER } colour;
static bool whole;

void command_page_option(int option, const char *value)
{
	static const char *const words[] = {[COLOUR_AUTO] = "auto", [COLOUR_ALWAYS] = "always", [COLOUR_NEVER] = "never"};
	if (option == 'A') {
		whole = true;
		return;
	}
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i], value) == 0) {
			colour = i;
			return;
		}
	command_say("--color=%.40s: not a value; give auto, always or never", value);
	exit(EXIT_ERROR);
}

/* NO_COLOR counts if it is not empty (no-color.org). */
static bool terminal_has_colours(void)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
	return isatty(STDOUT_FILENO) && (no == NULL || *no == '\0') && term != NULL && strcmp(term, "dumb") != 0;
}

struct text command_page(void)
{
	bool terminal = isatty(STDOUT_FILENO);
	return (struct text){
	    .colours = colour == COLOUR_ALWAYS || (colour == COLOUR_AUTO && terminal_has_colours()),
	    .brief = terminal && !whole,
	    .columns = terminal ? command_columns() : 0,
	};
}

/* Writes a result with its long lines broken for the terminal. */
static int write_page(const struct text *out, struct error *e)
{
	struct text folded = {0};
	style_fold(text_string(out), out->columns, &folded);
	int rc = folded.failed ? error_memory(e) : file_write("-", folded.bytes, folded.count, e);
	text_free(&folded);
	return rc;
}

int command_output(const char *path, const struct text *out, bool binary, struct error *e)
{
	command_progress(NULL);
	if (path == NULL)
		path = "-";
	if (out->failed)
		error_memory(e);
	else if (binary && strcmp(path, "-") == 0 && isatty(STDOUT_FILENO))
		error_set(e, ERR_INPUT, "standard output: will not write a binary filter to a terminal; give -o FILE, or -f asm");
	else if ((out->columns > 0 && strcmp(path, "-") == 0 ? write_page(out, e) : file_write(path, out->bytes, out->count, e)) == 0)
		return EXIT_FINE;
	return command_fail(e);
}

size_t command_columns(void)
{
	struct winsize size;
	bool told = isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20;
	return told ? size.ws_col : 78;
}

/* How many of how many files were read. */
static int files_read, files_all;

static void show_reading(void)
{
	enum { MANY = 8 };
	if (++files_read <= files_all && files_all >= MANY)
		command_progress("profile %d of %d", files_read, files_all);
}

/* Merges the files one after the other: an error names the file. */
static struct profile *merge_in_turn(char *const *paths, int n, struct error *e)
{
	show_reading();
	struct profile *all = profile_read(paths[0], e);
	for (int i = 1; i < n && e->code == 0; i++) {
		show_reading();
		struct profile *p = profile_read(paths[i], e);
		if (p != NULL && profile_merge(all, p, e) < 0)
			error_prefix(e, "%s: ", paths[i]);
		profile_free(p);
	}
	if (e->code != 0) {
		profile_free(all);
		all = NULL;
	}
	return all;
}

/* Merges the files by halves: each fact is then moved a few times only, however many files there are. */
static struct profile *merge_by_halves(char *const *paths, int n, struct error *e)
{
	if (n < 3)
		return merge_in_turn(paths, n, e);
	struct profile *left = merge_by_halves(paths, n / 2, e);
	struct profile *right = left != NULL ? merge_by_halves(paths + n / 2, n - n / 2, e) : NULL;
	bool fine = right != NULL && profile_merge(left, right, e) == 0;
	profile_free(right);
	if (!fine)
		profile_free(left);
	return fine ? left : NULL;
}

struct profile *command_profiles(char *const *paths, int n, struct error *e)
{
	bool again = true;
	files_read = 0;
	files_all = n;
	struct profile *all = merge_by_halves(paths, n, e);
	command_progress(NULL);
	for (int i = 0; i < n; i++)
		again &= !file_is_stream(paths[i]);
	if (all != NULL || e->code == ERR_MEMORY || !again)
		return all;
	/* Two halves do not go together: which file is the cause? */
	*e = (struct error){0};
	return merge_in_turn(paths, n, e);
}

int command_reach(const word_list *paths, const struct unseen_of *of, struct unseen *out, struct error *e)
{
	struct text warnings = {0};
	for (size_t i = 0; i < paths->count; i++)
		if (unseen_read(out, paths->items[i], e) < 0)
			return e->code;
	unseen_warn(out, of, &warnings);
	if (warnings.failed)
		error_memory(e);
	else if (warnings.count > 0)
		command_warn(&warnings);
	text_free(&warnings);
	return e->code;
}

int input_read(const char *path, bool filters, struct input *in, struct error *e)
{
	char *bytes;
	size_t n;
	if (file_read_existing(path, PROFILE_SIZE_LIMIT, &bytes, &n, e) < 0)
		return e->code;
	enum file_kind kind = file_kind_of(bytes, n);
	if (kind == FILE_PROFILE)
		in->profile = profile_parse(bytes, n, path, e);
	else if (kind == FILE_POLICY || !filters)
		in->policy = policy_parse(bytes, n, path, e);
	else
		filter_parse(bytes, n, path, &in->filter, e);
	free(bytes);
	return e->code;
}

int input_profile(const char *path, const char *done, struct input *in, struct error *e)
{
	if (input_read(path, false, in, e) == 0 && in->profile == NULL)
		error_set(e, ERR_INPUT, "%s: is a policy; only a profile can be %s", path, done);
	return e->code;
}

int input_policy(const char *path, bool filters, const struct infer_options *options, struct input *in, struct error *e)
{
	int rc = input_read(path, filters, in, e);
	if (rc < 0 || in->profile == NULL)
		return rc;
	struct text warnings = {0};
	in->policy = infer(in->profile, options != NULL ? options : &infer_defaults, &warnings, e);
	if (in->policy != NULL && warnings.failed)
		error_memory(e);
	else if (in->policy != NULL && warnings.count > 0)
		command_warn(&warnings);
	text_free(&warnings);
	if (in->policy == NULL)
		error_prefix(e, "%s: ", path);
	return e->code;
}

void input_free(struct input *in)
{
	profile_free(in->profile);
	policy_free(in->policy);
	filter_clear(&in->filter);
	*in = (struct input){0};
}

int parse_args_mode(const char *text, enum args_mode *mode, struct error *e)
{
	static const char *const names[] = {[ARGS_NONE] = "none", [ARGS_SHAPE] = "shape", [ARGS_EXACT] = "exact"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i], text) == 0) {
			*mode = (enum args_mode)i;
			return 0;
		}
	return error_set(e, ERR_INPUT, "--args=%.40s: not a value; give none, shape or exact", text);
}

int parse_generalize(const char *text, enum generalize_mode *mode, struct error *e)
{
	static const char *const names[] = {[GENERALIZE_NONE] = "none",
					    [GENERALIZE_CHANCE] = "chance",
					    [GENERALIZE_CAPABILITY] = "capability"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i], text) == 0) {
			*mode = (enum generalize_mode)i;
			return 0;
		}
	return error_set(e, ERR_INPUT, "--generalize=%.40s: one of none, chance, capability", text);
}

int end_as(int status)
{
	if (!WIFSIGNALED(status))
		return WEXITSTATUS(status);
	struct rlimit none = {0}; /* no core dump of pinhole: the command has written its own */
	setrlimit(RLIMIT_CORE, &none);
	fflush(NULL);
	signal(WTERMSIG(status), SIG_DFL);
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, WTERMSIG(status));
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	raise(WTERMSIG(status));
	return 128 + WTERMSIG(status);
}

bool command_filter_lets_through(const struct sock_filter *code, size_t n, const struct seccomp_data *call)
{
	struct action a;
	return action_from_ret(filter_run(code, n, call, NULL), &a) == 0 && lets_through(a);
}
