/* The filter of a service: made of its profile, and compared with the one before. SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "policies/base/style.h"
#include "policies/show/diff.h"
#include "tools/unit/unit.h"

struct profile *unit_read_profile(const struct unit *u, struct error *e)
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
		error_set(e, ERR_INPUT, "%s: was not written by pinhole; find out who put it there", path);
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

struct policy *unit_make_filter(const struct unit *u, struct text *out, struct error *e)
{
	struct profile *p = unit_read_profile(u, e);
	struct text warnings = {0};
	struct emit_notes notes = {0};
	const struct emitter *systemd = emitter_by_name("systemd");
	struct policy *policy = p != NULL ? infer(p, &u->infer, &warnings, e) : NULL;
	struct filter none = {0};
	struct emit_input input = {.policy = policy, .filter = &none, .source = text_string(&u->profile)};
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

void unit_show_changes(const struct unit *u, const struct policy *new, const struct text *dropin, struct text *out, struct error *e)
{
	struct error none = {0};
	struct policy *old = unit_has_file(&u->policy) ? policy_read(text_string(&u->policy), &none) : NULL;
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

int unit_write_policy(const struct unit *u, const struct policy *policy, struct error *e)
{
	struct text json = {0};
	int rc = policy_format(policy, &json, e);
	if (rc == 0)
		rc = file_write(text_string(&u->policy), json.bytes, json.count, e);
	text_free(&json);
	return rc;
}
