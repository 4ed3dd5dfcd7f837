/* Reads the state of a container that an OCI runtime sends to a seccomp agent. SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "policies/json/json.h"
#include "tracer/notify/container.h"

static const char place[] = "the runtime's message";

static char *copy(const json_t *string, struct error *e)
{
	char *text = strdup(string != NULL ? json_string_value(string) : "");
	if (text == NULL)
		error_memory(e);
	return text;
}

/* Finds which descriptor is the listener: the names of all descriptors are in the order in which they were sent. */
static int find_listener(const json_t *root, size_t *descriptor, struct error *e)
{
	const json_t *names = json_member(root, "fds", JSON_ARRAY, place, e);
	for (size_t i = 0; i < json_array_size(names); i++) {
		const char *name = json_string_value(json_array_get(names, i));
		if (name == NULL || strcmp(name, "seccompFd") != 0)
			continue;
		*descriptor = i;
		return 0;
	}
	return e->code != 0 ? e->code : error_set(e, ERR_INPUT, "%s.fds: no \"seccompFd\" is in it", place);
}

static int add_annotations(json_t *state, struct container *out, struct error *e)
{
	json_t *annotations = json_object_get(state, "annotations"), *value;
	const char *key;
	if (annotations == NULL || json_is_null(annotations))
		return 0;
	if (!json_is_object(annotations))
		return error_set(e, ERR_INPUT, "%s.state.annotations: expected an object", place);
	json_object_foreach(annotations, key, value)
	{
		if (!json_is_string(value))
			return error_set(e, ERR_INPUT, "%s.state.annotations: expected texts only", place);
		struct annotation a = {strdup(key), copy(value, e)};
		if (a.key == NULL || a.value == NULL || !vec_push(&out->annotations, a)) {
			free(a.key);
			free(a.value);
			return error_memory(e);
		}
	}
	return 0;
}

static int read_state(json_t *root, struct container *out, struct error *e)
{
	if (!json_is_object(root))
		return error_set(e, ERR_INPUT, "%s: expected an object", place);
	json_t *state = json_object_get(root, "state"), *metadata = json_object_get(root, "metadata");
	if (!json_is_object(state))
		return error_set(e, ERR_INPUT, "%s.state: expected an object", place);
	if (metadata != NULL && !json_is_string(metadata))
		return error_set(e, ERR_INPUT, "%s.metadata: expected a text", place);
	const json_t *id = json_member(state, "id", JSON_STRING, "the runtime's message.state", e);
	if (id == NULL)
		return e->code;
	if (json_string_length(id) == 0)
		return error_set(e, ERR_INPUT, "%s.state.id: expected the container's id", place);
	out->id = copy(id, e);
	out->metadata = copy(metadata, e);
	if (out->id == NULL || out->metadata == NULL)
		return e->code;
	int rc = find_listener(root, &out->descriptor, e);
	return rc < 0 ? rc : add_annotations(state, out, e);
}

int container_parse(const char *bytes, size_t n, struct container *out, struct error *e)
{
	json_error_t wrong;
	*out = (struct container){0};
	json_t *root = json_parse(bytes, n, JSON_REJECT_DUPLICATES, &wrong, e);
	if (root == NULL && e->code == 0 && json_error_code(&wrong) == json_error_premature_end_of_input)
		return 1;
	if (root == NULL)
		return e->code != 0 ? e->code
				    : error_set(e, ERR_INPUT, "%s: line %d, column %d: %.100s", place, wrong.line, wrong.column, wrong.text);
	int rc = read_state(root, out, e);
	json_decref(root);
	return rc;
}

const char *container_annotation(const struct container *c, const char *key)
{
	for (size_t i = 0; i < c->annotations.count; i++)
		if (strcmp(c->annotations.items[i].key, key) == 0)
			return c->annotations.items[i].value;
	return NULL;
}

void container_clear(struct container *c)
{
	free(c->id);
	free(c->metadata);
	for (size_t i = 0; i < c->annotations.count; i++) {
		free(c->annotations.items[i].key);
		free(c->annotations.items[i].value);
	}
	vec_free(&c->annotations);
	*c = (struct container){0};
}
