/* pinhole unit: records a systemd service, and then puts it under its filter. SPDX-License-Identifier: MIT
 *
 * Two drop-ins in the folder of the unit tell all that was done, so that an interrupted command can be repeated:
 *     zz-pinhole-record.conf         the service is recorded
 *     pinhole.conf                   the service runs under this filter; pinhole.policy.json is its policy
 * Each has a copy with ".before" while the other one takes its place and has not proven itself. systemd reads *.conf only. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "policies/base/style.h"
#include "policies/show/show.h"
#include "tools/unit/unit.h"
#include "tools/unit/unit_dropin.h"

enum { WITHIN_MS = 5000 };

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
	return unit_make_paths(u, e);
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
		unit_put_aside(&u->filter, true, &e);
	} else {
		unlink(text_string(&u->filter));
		unit_put_aside(&u->filter, true, &e);
		unit_put_aside(&u->record, true, &e);
	}
	int rc = unit_do(u->of_user, "daemon-reload", NULL, &said, &e);
	if (rc == 0) {
		unit_do(u->of_user, "reset-failed", u->name, &said, &e);
		rc = unit_do(u->of_user, runs(&u->state) ? "restart" : "stop", u->name, &said, &e);
	}
	command_say("%s: did not come up %s (%s); %s", u->name, recording ? "under the recorder" : "under its filter", text_string(why),
		    rc == 0 ? "everything is as it was before" : "but systemd could not restore it; see systemctl status");
	if (e.code != 0)
		command_fail(&e);
	command_say("'journalctl %s-u %s -n 30' shows how it ended%s", u->of_user ? "--user " : "", u->name,
		    recording ? "" : "; its recording goes on: use the part that failed, then finish again");
	text_free(&said);
	return EXIT_NO;
}

/* start ------------------------------------------------------------------------------------------------------------ */

static int check_start(const struct unit *u, struct error *e)
{
	if (unit_has_file(&u->record) && is_recorded(&u->state))
		return error_set(e, ERR_INPUT, "%s: is being recorded already; 'pinhole unit status %s' shows its progress, 'pinhole unit finish %s' ends it",
				 u->name, u->name, u->name);
	if (u->state.root_directory[0] != '\0' || u->state.root_image[0] != '\0')
		return error_set(e, ERR_INPUT, "%s: has its own root file system without pinhole; record it by hand (RECIPES.md)", u->name);
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
		rc = unit_make_folder(u->profile.bytes, e);
		*slash = '/';
	}
	if (rc == 0)
		rc = unit_put_aside(&u->filter, false, e); /* what an old filter denies would not be seen */
	if (rc == 0 && (rc = file_write(text_string(&u->record), out.bytes, out.count, e)) < 0)
		unit_put_aside(&u->filter, true, &(struct error){0});
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

/* Takes the recording away without a filter. */
static int discard(struct unit *u, struct error *e)
{
	struct text said = {0};
	unlink(text_string(&u->record));
	unit_remove_before(&u->record);
	int rc = unit_put_aside(&u->filter, true, e);
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
	struct policy *policy = e->code == 0 ? unit_make_filter(u, &dropin, e) : NULL;
	int rc = policy != NULL ? unit_put_aside(&u->record, false, e) : e->code;
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
		unit_show_changes(u, policy, &dropin, out, e);
		unit_write_policy(u, policy, e);
		unit_remove_before(&u->record);
		unit_remove_before(&u->filter);
	}
	policy_free(policy);
	text_free(&dropin);
	return rc;
}

static int finish(struct unit *u, struct error *e)
{
	struct text why = {0}, out = command_page();
	unit_put_aside(&u->record, true, e); /* of a finish that was interrupted */
	if (!unit_has_file(&u->record))
		error_set(e, ERR_INPUT, "%s: is not being recorded; 'pinhole unit start %s' begins", u->name, u->name);
	if (e->code != 0)
		return command_fail(e);
	if (u->discard)
		return discard(u, e);
	/* Before anything is stopped: is there something to make a filter of? */
	struct profile *p = unit_read_profile(u, e);
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
	bool recording = unit_has_file(&u->record), filtered = unit_has_file(&u->filter);
	text_add(&before, "%s.before", text_string(&u->record));
	style_begin(&out, recording || filtered ? STYLE_HEADING : STYLE_CAUTION);
	if (unit_has_file(&before))
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
	struct profile *p = recording && unit_has_file(&u->profile) ? unit_read_profile(u, e) : NULL;
	if (recording && !unit_has_file(&u->profile))
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
	if (verbs[verb].changes && unit_make_folder(text_string(&u->folder), e) == 0) {
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
     .help = "the service counts as up after it has run for this time without a failure (default: 5s)"},
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
