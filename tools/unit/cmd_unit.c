/* pinhole unit: records a systemd service, and then puts it under its filter. SPDX-License-Identifier: MIT
 *
 * Two drop-ins in the folder of the unit tell all that was done, so that an interrupted command can be repeated:
 *     zz-pinhole-record.conf         the service is recorded
 *     pinhole.conf                   the service runs under this filter; pinhole.policy.json is its policy
 * Each has a copy with ".before" while the other one takes its place and has not proven itself. systemd reads *.conf only. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "policies/base/style.h"
#include "policies/show/diff.h"
#include "policies/show/show.h"
#include "tools/command.h"
#include "tools/unit/unit_dropin.h"
#include "tools/unit/unit_systemctl.h"

enum { WITHIN_MS = 5000 };

struct unit {
	bool of_user, discard;
	uint64_t within_ms;
	struct infer_options infer;
	char name[NAME_MAX + 1];
	struct text folder, record, filter, policy, profile; /* paths */
	struct text directory;				     /* the line that makes the profile's folder, or nothing */
	struct unit_state state;			     /* as the command found it */
};

/* Paths. ------------------------------------------------------------------------------------------------------- */

static const char *home_folder(const char *variable, const char *below_home, struct text *out)
{
	const char *given = getenv(variable), *home = getenv("HOME");
	if (given != NULL && given[0] == '/')
		text_add(out, "%s", given);
	else
		text_add(out, "%s/%s", home != NULL ? home : "", below_home);
	return text_string(out);
}

/* A folder of a kind that the unit does not use: its variable ($STATE_DIRECTORY) is then not the service's business. */
static void choose_directory(struct unit *u, const char *word)
{
	const struct {
		const char *of_unit, *setting, *folder;
	} kinds[] = {{u->state.state_directory, "StateDirectory", "/var/lib"},
		     {u->state.cache_directory, "CacheDirectory", "/var/cache"},
		     {u->state.logs_directory, "LogsDirectory", "/var/log"}};
	size_t kind = 0;
	for (size_t i = 3; i-- > 0;)
		if (kinds[i].of_unit[0] == '\0' || strstr(kinds[i].of_unit, "pinhole-") != NULL)
			kind = i;
	text_add(&u->directory, "%s=pinhole-%s\n%sMode=0700", kinds[kind].setting, word, kinds[kind].setting);
	text_add(&u->profile, "%s/pinhole-%s/profile.json", kinds[kind].folder, word);
}

static int make_paths(struct unit *u, struct error *e)
{
	char word[NAME_MAX + 1];
	for (size_t i = 0; i <= strlen(u->name); i++)
		word[i] = strchr("\\%\"'$ /", u->name[i]) != NULL && u->name[i] != '\0' ? '_' : u->name[i];
	word[strlen(word) - strlen(".service")] = '\0';
	if (u->of_user)
		home_folder("XDG_CONFIG_HOME", ".config", &u->folder);
	text_add(&u->folder, "%s/%s.d", u->of_user ? "/systemd/user" : "/etc/systemd/system", u->name);
	text_add(&u->record, "%s/zz-pinhole-record.conf", text_string(&u->folder));
	text_add(&u->filter, "%s/pinhole.conf", text_string(&u->folder));
	text_add(&u->policy, "%s/pinhole.policy.json", text_string(&u->folder));
	if (!u->of_user) {
		choose_directory(u, word);
	} else {
		home_folder("XDG_STATE_HOME", ".local/state", &u->profile);
		text_add(&u->profile, "/pinhole/%s.json", word);
	}
	bool failed = u->folder.failed || u->record.failed || u->filter.failed || u->policy.failed || u->profile.failed || u->directory.failed;
	return failed ? error_memory(e) : 0;
}

static bool exists(const struct text *path)
{
	struct stat st;
	return lstat(text_string(path), &st) == 0;
}

/* Makes a folder and those above it. */
static int make_folder(const char *path, struct error *e)
{
	char part[PATH_MAX];
	snprintf(part, sizeof(part), "%s", path);
	for (char *slash = part; (slash = strchr(slash + 1, '/')) != NULL; *slash = '/') {
		*slash = '\0';
		mkdir(part, 0755);
	}
	if (mkdir(part, 0755) != 0 && errno == EACCES)
		return error_set(e, ERR_INPUT, "%s: you may not make this folder; be root, or give --user for a unit of your own", path);
	if (mkdir(part, 0755) != 0 && errno != EEXIST)
		return error_system(e, "%s: cannot make the folder", path);
	return 0;
}

/* Moves PATH to PATH.before, or back. A missing file is no error. */
static int put_aside(const struct text *path, bool back, struct error *e)
{
	struct text before = {0};
	text_add(&before, "%s.before", text_string(path));
	const char *from = back ? text_string(&before) : text_string(path), *to = back ? text_string(path) : text_string(&before);
	int rc = before.failed ? error_memory(e) : 0;
	if (rc == 0 && rename(from, to) != 0 && errno != ENOENT)
		rc = error_system(e, "%s: cannot be renamed", from);
	text_free(&before);
	return rc;
}

static void remove_before(const struct text *path)
{
	struct text before = {0};
	text_add(&before, "%s.before", text_string(path));
	if (!before.failed)
		unlink(text_string(&before));
	text_free(&before);
}

/* systemd. ------------------------------------------------------------------------------------------------------- */

static bool is(const char *property, const char *word)
{
	return strcmp(property, word) == 0;
}

static bool runs(const struct unit_state *s)
{
	return !is(s->active, "inactive") && !is(s->active, "failed");
}

/* Whether systemd starts the service by the recorder: the drop-in is loaded. */
static bool is_recorded(const struct unit_state *s)
{
	return strstr(s->exec_start, " record -q -o ") != NULL;
}

/* Finds the unit. Refuses names that are no service that can be recorded. */
static int find_unit(struct unit *u, const char *given, struct error *e)
{
	size_t n = strlen(given);
	const char *dot = strrchr(given, '.');
	bool suffixed = n > 8 && is(given + n - 8, ".service");
	static const char *const others[] = {".socket", ".target", ".timer", ".mount", ".path", ".slice", ".scope", ".device", ".swap"};
	for (size_t i = 0; dot != NULL && i < sizeof(others) / sizeof(others[0]); i++)
		if (is(dot, others[i]))
			return error_set(e, ERR_INPUT, "%.200s: is no service; name the service that does the work", given);
	if (n == 0 || n > 200 || strchr(given, '/') != NULL || given[0] == '.' || given[0] == '-')
		return error_set(e, ERR_INPUT, "%.200s: not the name of a unit; give one like nginx or postgresql@17-main.service", given);
	snprintf(u->name, sizeof(u->name), "%s%s", given, suffixed ? "" : ".service");
	int rc = unit_state_read(u->of_user, u->name, &u->state, e);
	if (rc < 0)
		return rc;
	const char *load = u->state.load;
	if (is(load, "not-found"))
		return error_set(e, ERR_INPUT, "%s: there is no such unit; 'systemctl %slist-unit-files --type=service' lists them%s", u->name,
				 u->of_user ? "--user " : "", u->of_user ? "" : " (--user: units of the user's manager)");
	if (!is(load, "loaded"))
		return error_set(e, ERR_INPUT, "%s: systemd has not loaded it (%s); 'systemctl %sstatus %s' says why", u->name, load,
				 u->of_user ? "--user " : "", u->name);
	/* an alias: the drop-ins of the unit itself are meant */
	if (u->state.id[0] != '\0' && strlen(u->state.id) < sizeof(u->name) && strchr(u->state.id, '/') == NULL)
		snprintf(u->name, sizeof(u->name), "%s", u->state.id);
	return make_paths(u, e);
}

/* Has systemd read the drop-ins again, and restarts the service. Returns 1 if it came up, 0 if not, or a negative code. *why says
 * how it failed. */
static int restart(struct unit *u, struct text *why, struct error *e)
{
	struct text said = {0};
	struct unit_state before = {0}, now = {0};
	int rc = unit_do(u->of_user, "daemon-reload", NULL, &said, e);
	if (rc == 0)
		unit_do(u->of_user, "reset-failed", u->name, &said, e); /* fails where nothing failed */
	if (rc == 0)
		rc = unit_do(u->of_user, "restart", u->name, &said, e);
	if (rc > 0)
		text_add(why, "systemctl: %.*s", (int)strcspn(text_string(&said), "\n"), text_string(&said));
	bool started = rc == 0;
	if (rc >= 0)
		rc = unit_state_read(u->of_user, u->name, &before, e);
	if (rc == 0 && started)
		rc = unit_comes_up(u->of_user, u->name, before.restarts, u->within_ms, &now, e);
	if (rc == 0) {
		const struct unit_state *s = started ? &now : &before;
		text_add(why, "%sResult=%s%s", why->count > 0 ? "; " : "", s->result,
			 is(s->main_code, "2") || is(s->main_code, "3") ? is(s->main_status, "31") ? ": killed by SIGSYS, for a call that its filter denies"
												    : ": killed by a signal"
									: "");
	}
	unit_state_clear(&before);
	unit_state_clear(&now);
	text_free(&said);
	return rc;
}

/* Puts things as they were, after `why`. The service runs again if it ran. Returns EXIT_NO. */
static int roll_back(struct unit *u, bool recording, const struct text *why)
{
	struct error e = {0};
	struct text said = {0};
	if (recording) {
		unlink(text_string(&u->record));
		put_aside(&u->filter, true, &e);
	} else {
		unlink(text_string(&u->filter));
		put_aside(&u->filter, true, &e);
		put_aside(&u->record, true, &e);
	}
	int rc = unit_do(u->of_user, "daemon-reload", NULL, &said, &e);
	if (rc == 0) {
		unit_do(u->of_user, "reset-failed", u->name, &said, &e);
		rc = unit_do(u->of_user, runs(&u->state) ? "restart" : "stop", u->name, &said, &e);
	}
	command_say("%s: did not come up %s (%s); %s", u->name, recording ? "under the recorder" : "under its filter", text_string(why),
		    rc == 0 ? "all is as it was before" : "and systemd did not take it back: look at systemctl status");
	if (e.code != 0)
		command_fail(&e);
	command_say("'journalctl %s-u %s -n 30' shows how it ended%s", u->of_user ? "--user " : "", u->name,
		    recording ? "" : "; its recording goes on: use what failed, then finish again");
	text_free(&said);
	return EXIT_NO;
}

/* start ------------------------------------------------------------------------------------------------------------ */

static int check_start(const struct unit *u, struct error *e)
{
	if (exists(&u->record) && is_recorded(&u->state))
		return error_set(e, ERR_INPUT, "%s: is being recorded already; 'pinhole unit status %s' tells how far, 'pinhole unit finish %s' ends it",
				 u->name, u->name, u->name);
	if (u->state.root_directory[0] != '\0' || u->state.root_image[0] != '\0')
		return error_set(e, ERR_INPUT, "%s: has a root file system of its own, which has no pinhole; record it by hand (RECIPES.md)", u->name);
	if (strstr(u->name, "@.service") != NULL)
		return error_set(e, ERR_INPUT, "%s: is a template; name one of its instances", u->name);
	return 0;
}

/* Further lines: the recorder's file must be seen in a service that sees no home folders. */
static void further_lines(const struct unit *u, const char *recorder, struct text *out)
{
	bool at_home = strncmp(recorder, "/home/", 6) == 0 || strncmp(recorder, "/root/", 6) == 0 || strncmp(recorder, "/run/user/", 10) == 0;
	if (!u->of_user && at_home && !is(u->state.protect_home, "no"))
		text_add(out, "BindReadOnlyPaths=%s\n", recorder);
	if (u->of_user && !is(u->state.protect_home, "no"))
		text_add(out, "ReadWritePaths=%.*s\n", (int)(strrchr(text_string(&u->profile), '/') - text_string(&u->profile)),
			 text_string(&u->profile));
}

static int write_recording(struct unit *u, struct error *e)
{
	struct text files = {0}, out = {0}, notes = {0}, also = {0};
	char recorder[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", recorder, sizeof(recorder) - 1);
	recorder[n > 0 ? n : 0] = '\0';
	if (n <= 0)
		return error_system(e, "/proc/self/exe: cannot be read");
	further_lines(u, recorder, &also);
	struct unit_recording r = {u->name, recorder, text_string(&u->profile), u->state.type,
				   u->directory.count > 0 ? text_string(&u->directory) : NULL, text_string(&also)};
	int rc = unit_cat(u->of_user, u->name, &files, e);
	if (rc == 0)
		rc = unit_dropin(&r, text_string(&files), &out, &notes, e);
	if (rc == 0 && u->of_user) {
		char *slash = strrchr(u->profile.bytes, '/');
		*slash = '\0';
		rc = make_folder(u->profile.bytes, e);
		*slash = '/';
	}
	if (rc == 0)
		rc = put_aside(&u->filter, false, e); /* what an old filter denies would not be seen */
	if (rc == 0 && (rc = file_write(text_string(&u->record), out.bytes, out.count, e)) < 0)
		put_aside(&u->filter, true, &(struct error){0});
	if (rc == 0 && notes.count > 0)
		command_warn(&notes);
	text_free(&files);
	text_free(&out);
	text_free(&notes);
	text_free(&also);
	return rc;
}

static int start(struct unit *u, struct error *e)
{
	struct text why = {0};
	if (check_start(u, e) < 0)
		return command_fail(e);
	unlink(text_string(&u->record)); /* of a start that was interrupted: made anew, from the unit's own commands */
	if (write_recording(u, e) < 0)
		return command_fail(e);
	int rc = restart(u, &why, e), status = EXIT_FINE;
	if (rc <= 0) {
		if (rc < 0)
			text_add(&why, "%s", e->text);
		status = roll_back(u, true, &why);
	} else {
		command_say("%s: runs, and is recorded into %s", u->name, text_string(&u->profile));
		command_say("next: use it as usual, reload it, restart it, provoke its errors; 'pinhole unit status %s' tells how complete the "
			    "profile is; then 'pinhole unit finish %s'",
			    u->name, u->name);
	}
	text_free(&why);
	return status;
}

/* finish ----------------------------------------------------------------------------------------------------------- */

/* Reads the profile. Its folder belongs to the service's user, who may have put anything there. Returns NULL on an error. */
static struct profile *read_profile(const struct unit *u, struct error *e)
{
	const char *path = text_string(&u->profile);
	struct stat st;
	char opened[32], *bytes = NULL;
	size_t n;
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		error_set(e, ERR_INPUT, "%s: nothing was recorded yet; use the service, or restart it", path);
	else if (fd < 0 || fstat(fd, &st) != 0)
		error_system(e, "%s: cannot be read", path);
	else if (!S_ISREG(st.st_mode) || (uint64_t)st.st_size > PROFILE_SIZE_LIMIT)
		error_set(e, ERR_INPUT, "%s: is no file that pinhole wrote; look who put it there", path);
	/* The file that was looked at, whatever has its name by now. */
	snprintf(opened, sizeof(opened), "/proc/self/fd/%d", fd);
	if (e->code == 0)
		file_read_existing(opened, PROFILE_SIZE_LIMIT, &bytes, &n, e);
	if (fd >= 0)
		close(fd);
	struct profile *p = bytes != NULL ? profile_parse(bytes, n, path, e) : NULL;
	free(bytes);
	if (p != NULL && profile_fact_count(p) == 0) {
		error_set(e, ERR_INPUT, "%s: has no call; use the service, or restart it", path);
		profile_free(p);
		p = NULL;
	}
	return p;
}

/* Makes the drop-in of what was recorded. Returns the policy, or NULL. */
static struct policy *make_filter(const struct unit *u, struct text *out, struct error *e)
{
	struct profile *p = read_profile(u, e);
	struct text warnings = {0};
	struct emit_notes notes = {0};
	const struct emitter *systemd = emitter_by_name("systemd");
	struct policy *policy = p != NULL ? infer(p, &u->infer, &warnings, e) : NULL;
	struct filter none = {0};
	struct emit_input input = {policy, &none, text_string(&u->profile), false, false};
	if (policy != NULL && (systemd->prepare == NULL || systemd->prepare(policy, &notes, e) == 0))
		systemd->emit(&input, out, &notes, e);
	if (e->code == 0 && (out->failed || warnings.failed || notes.text.failed))
		error_memory(e);
	if (e->code == 0)
		command_warn(&warnings);
	if (e->code == 0 && notes.count > 0)
		command_say("systemd's filter cannot express %zu of the rules' tests and allows these calls; 'pinhole generate -f systemd' names them",
			    notes.count);
	text_free(&warnings);
	text_free(&notes.text);
	profile_free(p);
	if (e->code != 0) {
		policy_free(policy);
		policy = NULL;
	}
	return policy;
}

/* Says what changes: against the policy of the time before, or all that the drop-in sets. */
static void show_changes(const struct unit *u, const struct policy *new, const struct text *dropin, struct text *out, struct error *e)
{
	struct error none = {0};
	struct policy *old = exists(&u->policy) ? policy_read(text_string(&u->policy), &none) : NULL;
	if (old != NULL) {
		text_add(out, "%s: against its former policy:\n", u->name);
		int rc = policy_differences(old, new, policies_differ, false, out, e);
		text_add(out, rc == 0 && out->columns == 0 ? "no difference\n" : "");
	} else {
		text_add(out, "%s: the filter lets %zu calls through; its drop-in sets besides:\n", u->name, new->rules.count);
		for (const char *s = text_string(dropin); *s != '\0'; s += strcspn(s, "\n") + (s[strcspn(s, "\n")] == '\n')) {
			size_t n = strcspn(s, "\n");
			const char *equals = memchr(s, '=', n);
			if (equals == NULL || *s == '#' || strncmp(s, "SystemCallFilter=", 17) == 0 || equals + 1 == s + n)
				continue;
			style_begin(out, STYLE_NEW);
			text_add(out, "+ %.*s", (int)n, s);
			style_end(out);
			text_add(out, "\n");
		}
	}
	policy_free(old);
}

static int write_policy(const struct unit *u, const struct policy *policy, struct error *e)
{
	struct text json = {0};
	int rc = policy_format(policy, &json, e);
	if (rc == 0)
		rc = file_write(text_string(&u->policy), json.bytes, json.count, e);
	text_free(&json);
	return rc;
}

/* Takes the recording away without a filter. */
static int discard(struct unit *u, struct error *e)
{
	struct text said = {0};
	unlink(text_string(&u->record));
	remove_before(&u->record);
	int rc = put_aside(&u->filter, true, e);
	if (rc == 0)
		rc = unit_do(u->of_user, "daemon-reload", NULL, &said, e);
	if (rc == 0 && runs(&u->state))
		rc = unit_do(u->of_user, "restart", u->name, &said, e);
	if (rc > 0)
		rc = error_set(e, ERR_INPUT, "%s: systemctl: %.*s", u->name, (int)strcspn(text_string(&said), "\n"), text_string(&said));
	text_free(&said);
	if (rc < 0)
		return command_fail(e);
	command_say("%s: is no longer recorded; %s is kept", u->name, text_string(&u->profile));
	return EXIT_FINE;
}

/* Stops the service, which ends the recorder and completes the profile, and starts it under the filter. */
static int change_over(struct unit *u, struct text *out, struct text *why, struct error *e)
{
	struct text said = {0}, dropin = {0};
	bool ran = runs(&u->state);
	if (ran && unit_do(u->of_user, "stop", u->name, &said, e) > 0)
		text_add(why, "systemctl: %.*s", (int)strcspn(text_string(&said), "\n"), text_string(&said));
	text_free(&said);
	struct policy *policy = e->code == 0 ? make_filter(u, &dropin, e) : NULL;
	int rc = policy != NULL ? put_aside(&u->record, false, e) : e->code;
	if (rc == 0)
		rc = file_write(text_string(&u->filter), dropin.bytes, dropin.count, e);
	if (rc == 0 && ran) {
		rc = restart(u, why, e);
	} else if (rc == 0) {
		rc = unit_do(u->of_user, "daemon-reload", NULL, &said, e);
		rc = rc == 0 ? 1 : rc;
		text_free(&said);
	}
	if (rc > 0) {
		show_changes(u, policy, &dropin, out, e);
		write_policy(u, policy, e);
		remove_before(&u->record);
		remove_before(&u->filter);
	}
	policy_free(policy);
	text_free(&dropin);
	return rc;
}

static int finish(struct unit *u, struct error *e)
{
	struct text why = {0}, out = command_page();
	put_aside(&u->record, true, e); /* of a finish that was interrupted */
	if (!exists(&u->record))
		error_set(e, ERR_INPUT, "%s: is not being recorded; 'pinhole unit start %s' begins", u->name, u->name);
	if (e->code != 0)
		return command_fail(e);
	if (u->discard)
		return discard(u, e);
	/* Before anything is stopped: is there something to make a filter of? */
	struct profile *p = read_profile(u, e);
	profile_free(p);
	if (p == NULL)
		return command_fail(e);
	int rc = change_over(u, &out, &why, e), status = EXIT_FINE;
	if (rc <= 0) {
		if (rc < 0)
			text_add(&why, "%s", e->text);
		status = roll_back(u, false, &why);
	} else if (e->code != 0) {
		status = command_fail(e);
	} else {
		text_add(&out, "%s: %s under its filter, %s; the profile stays in %s\n", u->name, runs(&u->state) ? "runs" : "will run",
			 text_string(&u->filter), text_string(&u->profile));
		status = command_output(NULL, &out, false, e);
	}
	text_free(&why);
	text_free(&out);
	return status;
}

/* status ----------------------------------------------------------------------------------------------------------- */

static int tell_status(struct unit *u, struct error *e)
{
	struct text out = command_page(), before = {0};
	bool recording = exists(&u->record), filtered = exists(&u->filter);
	text_add(&before, "%s.before", text_string(&u->record));
	style_begin(&out, recording || filtered ? STYLE_HEADING : STYLE_CAUTION);
	if (exists(&before))
		text_add(&out, "%s: a finish was interrupted; 'pinhole unit finish %s' does it again", u->name, u->name);
	else if (recording && is_recorded(&u->state))
		text_add(&out, "%s: is being recorded, and is %s (%s)", u->name, u->state.active, u->state.sub);
	else if (recording)
		text_add(&out, "%s: a start was interrupted; 'pinhole unit start %s' does it again", u->name, u->name);
	else if (filtered)
		text_add(&out, "%s: has its filter, %s, and is %s (%s)", u->name, text_string(&u->filter), u->state.active, u->state.sub);
	else
		text_add(&out, "%s: is neither recorded nor has it a filter of pinhole's; 'pinhole unit start %s' begins", u->name, u->name);
	style_end(&out);
	text_add(&out, "\n");
	struct profile *p = recording && exists(&u->profile) ? read_profile(u, e) : NULL;
	if (recording && !exists(&u->profile))
		text_add(&out, "%s: nothing was saved yet; use the service\n", text_string(&u->profile));
	if (p != NULL) {
		text_add(&out, "%s: ", text_string(&u->profile));
		profile_show_sum(p, &out);
		learned_words(NULL, p, &out);
		text_add(&out, "\n");
		profile_show_dangers(p, &out);
		next_words(p, text_string(&u->profile), &out);
		text_add(&out, "\n");
	}
	profile_free(p);
	int status = e->code != 0 ? command_fail(e) : command_output(NULL, &out, false, e);
	text_free(&out);
	text_free(&before);
	return status != EXIT_FINE ? status : recording || filtered ? EXIT_FINE : EXIT_NO;
}

/* ------------------------------------------------------------------------------------------------------------------ */

static const struct {
	const char *name;
	int (*does)(struct unit *u, struct error *e);
	bool changes;
} verbs[] = {{"start", start, true}, {"status", tell_status, false}, {"finish", finish, true}};

/* Does it, alone: two commands must not change the drop-ins of a unit at the same time. */
static int act(struct unit *u, size_t verb, struct error *e)
{
	int lock = -1, status;
	if (verbs[verb].changes && make_folder(text_string(&u->folder), e) == 0) {
		lock = open(text_string(&u->folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (lock < 0)
			error_system(e, "%s: cannot be opened", text_string(&u->folder));
		else if (flock(lock, LOCK_EX | LOCK_NB) != 0)
			error_set(e, ERR_INPUT, "%s: another pinhole unit is at work on it; wait for its end", u->name);
		else if (access(text_string(&u->folder), W_OK) != 0)
			error_set(e, ERR_INPUT, "%s: you may not write there; be root, or give --user for a unit of your own", text_string(&u->folder));
	}
	status = e->code != 0 ? command_fail(e) : verbs[verb].does(u, e);
	if (lock >= 0) {
		rmdir(text_string(&u->folder)); /* if nothing is in it */
		close(lock);
	}
	return status;
}

static int parse_option(int option, struct unit *u, struct error *e)
{
	switch (option) {
	case 'u':
		u->of_user = true;
		return 0;
	case 'd':
		u->discard = true;
		return 0;
	case 'p':
		return parse_infer_words(optarg, &u->infer, e);
	default: /* 'w' */
		return parse_duration("within", optarg, &u->within_ms, e);
	}
}

static int run(int argc, char **argv)
{
	struct error e = {0};
	struct unit u = {.within_ms = WITHIN_MS, .infer = infer_defaults};
	size_t verb = 0, n = sizeof(verbs) / sizeof(verbs[0]);
	for (int option; e.code == 0 && (option = command_option(argc, argv)) != -1;)
		parse_option(option, &u, &e);
	if (e.code != 0)
		return command_fail(&e);
	command_operands(argc, argv, 2, 2);
	while (verb < n && !is(verbs[verb].name, argv[optind]))
		verb++;
	if (verb == n)
		error_set(&e, ERR_INPUT, "%.40s: not something that pinhole unit does; give start, status or finish", argv[optind]);
	else if (verbs[verb].does != finish && (u.discard || u.infer.args != infer_defaults.args))
		error_set(&e, ERR_INPUT, "--discard and --policy are for finish; leave them out");
	int rc = e.code != 0 ? e.code : find_unit(&u, argv[optind + 1], &e);
	int status = rc < 0 ? command_fail(&e) : act(&u, verb, &e);
	unit_state_clear(&u.state);
	text_free(&u.folder);
	text_free(&u.record);
	text_free(&u.filter);
	text_free(&u.policy);
	text_free(&u.profile);
	text_free(&u.directory);
	return status;
}

static const struct option_row options[] = {
    {.key = 'u', .name = "user", .help = "a unit of the user's own systemd (systemctl --user)"},
    {.key = 'w', .name = "within", .argument = "DURATION",
     .help = "the service counts as up when it has run so long without a failure (default: 5s)"},
    {.key = 'p', .name = "policy", .argument = "OPTIONS",
     .help = "finish: how the profile becomes a policy: options of pinhole policy, separated by blanks"},
    {.key = 'd', .name = "discard", .help = "finish: take the recording away and put no filter in its place; the profile is kept"},
    {0},
};

const struct command cmd_unit = {
    .name = "unit",
    .usage = "[--user] start|status|finish UNIT",
    .summary = "Record a systemd service, then put it under its filter",
    .options = options,
    .page = true,
    .run = run,
};
