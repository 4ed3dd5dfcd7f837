/* The name of a container's profile. SPDX-License-Identifier: MIT */
#include "tools/container_name.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policies/base/index.h"

const char container_name_rules[] = "metadata,annotation:io.pinhole.name,image,container,id";

/* Annotations of runtimes and their callers that tell of an image, or of a container's name. */
static const char *const image_keys[] = {"io.kubernetes.cri.image-name", "io.kubernetes.cri-o.ImageName", "org.opencontainers.image.ref.name",
					 NULL};
static const char *const container_keys[] = {"io.kubernetes.cri.container-name", "io.kubernetes.container.name",
					     "org.opencontainers.container.name", NULL};

static const char *first_annotation(const struct container *c, const char *const *keys)
{
	const char *value = NULL;
	for (; value == NULL && *keys != NULL; keys++) {
		value = container_annotation(c, *keys);
		value = value != NULL && value[0] != '\0' ? value : NULL;
	}
	return value;
}

static bool take_word(const char *word, size_t n, struct container_told *told)
{
	static const char known[] = "known=", unseen[] = "unseen=runc";
	size_t head = sizeof(known) - 1;
	if (n == sizeof(unseen) - 1 && memcmp(word, unseen, n) == 0)
		return told->of_runc = true;
	if (n <= head || n > head + 18 || memcmp(word, known, head) != 0 || strspn(word + head, "0123456789") < n - head)
		return false;
	told->passed = strtoull(word + head, NULL, 10);
	return told->passed_told = true;
}

void container_told_read(const char *metadata, struct container_told *told)
{
	for (const char *at = metadata; *at != '\0';) {
		size_t n = strcspn(at, " ");
		if (n > 0 && !take_word(at, n, told))
			text_add(&told->name, "%s%.*s", told->name.count > 0 ? " " : "", (int)n, at);
		at += n + (at[n] == ' ');
	}
}

/* What one rule finds; NULL: nothing. `rule` has n bytes. */
static const char *apply_rule(const char *rule, size_t n, const struct container *c, const char *metadata)
{
	static const char annotation[] = "annotation:";
	size_t head = sizeof(annotation) - 1;
	char key[256];
	const char *found = NULL;
	if (n == strlen("metadata") && strncmp(rule, "metadata", n) == 0)
		found = metadata;
	else if (n == strlen("image") && strncmp(rule, "image", n) == 0)
		found = first_annotation(c, image_keys);
	else if (n == strlen("container") && strncmp(rule, "container", n) == 0)
		found = first_annotation(c, container_keys);
	else if (n == strlen("id") && strncmp(rule, "id", n) == 0)
		found = c->id;
	else if (n > head && n - head < sizeof(key) && strncmp(rule, annotation, head) == 0) {
		snprintf(key, sizeof(key), "%.*s", (int)(n - head), rule + head);
		found = container_annotation(c, key);
	}
	return found != NULL && found[0] != '\0' ? found : NULL;
}

/* Appends a text as the name of a file: no other text has that name, and it leads nowhere else. A slash becomes "+"; what is no
 * letter, digit or one of "._-:@=," is written as %XX, and so is a dot at the beginning. */
static void add_file_name(const char *name, struct text *out)
{
	enum { LONGEST = 160 };
	static const char safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-:@=,";
	size_t from = out->count;
	for (const char *at = name; *at != '\0' && out->count - from < LONGEST; at++)
		if (*at == '/')
			text_add(out, "+");
		else if (strchr(safe, *at) != NULL && (at != name || *at != '.'))
			text_add(out, "%c", *at);
		else
			text_add(out, "%%%02X", (unsigned char)*at);
	if (out->count - from >= LONGEST)
		text_add(out, "%%%08" PRIx32 "%08" PRIx32, index_hash(0, name, strlen(name)), index_hash(1, name, strlen(name)));
}

void container_name(const char *rules, const struct container *c, const char *metadata, struct text *out)
{
	const char *name = NULL;
	for (const char *rule = rules; name == NULL && *rule != '\0';) {
		size_t n = strcspn(rule, ",");
		name = apply_rule(rule, n, c, metadata);
		rule += n + (rule[n] == ',');
	}
	add_file_name(name != NULL ? name : c->id, out);
}

int container_name_check(const char *rules, struct error *e)
{
	for (const char *rule = rules; *rule != '\0';) {
		size_t n = strcspn(rule, ",");
		static const char *const words[] = {"metadata", "image", "container", "id"};
		bool known = n > 11 && n < 11 + 256 && strncmp(rule, "annotation:", 11) == 0;
		for (size_t i = 0; !known && i < sizeof(words) / sizeof(words[0]); i++)
			known = n == strlen(words[i]) && strncmp(rule, words[i], n) == 0;
		if (!known)
			return error_set(e, ERR_INPUT, "--name: \"%.*s\" is no rule; give metadata, annotation:KEY, image, container or id",
					 (int)(n < 40 ? n : 40), rule);
		rule += n + (rule[n] == ',');
	}
	return 0;
}
