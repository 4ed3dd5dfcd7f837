/* A shared object that has libpinhole in it, as an extension of Python or Node does. Its constructor loads a policy, too: the
 * library must be ready by then. SPDX-License-Identifier: MIT */
#include <pinhole.h>
#include <string.h>

static const char policy[] = "{\"format\": \"pinhole-policy\", \"version\": 1, \"arch\": [\"" ARCH "\"], \"default\": \"errno:EPERM\", "
			     "\"newer\": \"errno:ENOSYS\", \"rules\": [{\"syscall\": \"read\"}, "
			     "{\"syscall\": \"socket\", \"any\": [{\"domain\": \"AF_UNIX\"}]}]}";

static size_t in_constructor;

size_t shared_early(void)
{
	return in_constructor;
}

/* How many instructions the file's filter has; 0: the error is in text. */
size_t shared_load(const char *path, char *text, size_t n)
{
	struct pinhole_error e = {0};
	pinhole_filter *f = path != NULL ? pinhole_load(path, NULL, &e) : pinhole_load_bytes(policy, strlen(policy), "policy", NULL, &e);
	size_t count = f != NULL ? pinhole_code(f, NULL) : 0;
	strncpy(text, e.text, n);
	pinhole_free(f);
	return count;
}

__attribute__((constructor)) static void early(void)
{
	char text[100];
	in_constructor = shared_load(NULL, text, sizeof(text));
}
