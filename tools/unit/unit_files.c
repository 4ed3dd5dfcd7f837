/* The files of a service that is recorded. SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/unit/unit.h"

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

int unit_make_paths(struct unit *u, struct error *e)
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

bool unit_has_file(const struct text *path)
{
	struct stat st;
	return lstat(text_string(path), &st) == 0;
}

int unit_make_folder(const char *path, struct error *e)
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

int unit_put_aside(const struct text *path, bool back, struct error *e)
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

void unit_remove_before(const struct text *path)
{
	struct text before = {0};
	text_add(&before, "%s.before", text_string(path));
	if (!before.failed)
		unlink(text_string(&before));
	text_free(&before);
}
