/* The name of a container's profile. SPDX-License-Identifier: MIT */
#include "tools/containers/container_name.h"

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

enum rule { RULE_METADATA, RULE_IMAGE, RULE_CONTAINER, RULE_ID, RULE_ANNOTATION, RULE_UNKNOWN };

/* Reads a rule of n bytes. *key is the annotation's. */
static enum rule read_rule(const char *rule, size_t n, char key[256])
{
	static const char *const words[] = {"metadata", "image", "container", "id"}; /* in the order of enum rule */
	static const char annotation[] = "annotation:";
	size_t head = sizeof(annotation) - 1;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (n == strlen(words[i]) && strncmp(rule, words[i], n) == 0)
			return (enum rule)i;
	if (n <= head || n - head >= 256 || strncmp(rule, annotation, head) != 0)
		return RULE_UNKNOWN;
	snprintf(key, 256, "%.*s", (int)(n - head), rule + head);
	return RULE_ANNOTATION;
}

/* What one rule finds; NULL: nothing. `rule` has n bytes. */
static const char *apply_rule(const char *rule, size_t n, const struct container *c, const char *metadata)
{
	char key[256];
	const char *found = NULL;
	switch (read_rule(rule, n, key)) {
	case RULE_METADATA:
		found = metadata;
		break;
	case RULE_IMAGE:
		found = first_annotation(c, image_keys);
		break;
	case RULE_CONTAINER:
		found = first_annotation(c, container_keys);
		break;
	case RULE_ID:
		found = c->id;
		break;
	case RULE_ANNOTATION:
		found = container_annotation(c, key);
		break;
	case RULE_UNKNOWN:
		break;
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
		char key[256];
		if (read_rule(rule, n, key) == RULE_UNKNOWN)
			return error_set(e, ERR_INPUT, "--name: \"%.*s\" is no rule; give metadata, annotation:KEY, image, container or id",
					 (int)(n < 40 ? n : 40), rule);
		rule += n + (rule[n] == ',');
	}
	return 0;
}
