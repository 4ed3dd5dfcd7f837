/* Loads a file with options of libpinhole, and writes the filter's instructions:
 *     options FILE [MEMBER=VALUE…]
 * size=NUMBER stands for a program that was built with another header; its struct ends there. SPDX-License-Identifier: MIT */
#include <linux/filter.h>
#include <pinhole.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#if !PINHOLE_VERSION_AT_LEAST(0, 1, 0) || PINHOLE_VERSION_AT_LEAST(PINHOLE_VERSION_MAJOR, PINHOLE_VERSION_MINOR, PINHOLE_VERSION_PATCH + 1)
#error "the header's version"
#endif

/* Copies the options to the end of a page, so that whoever reads behind `size` bytes of them gets a fault. What a newer header
 * has behind these is zero, but the last byte is `last`. */
static const struct pinhole_options *at_end(const struct pinhole_options *o, char last)
{
	char *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (pages == MAP_FAILED || o->size > 4096 || mprotect(pages + 4096, 4096, PROT_NONE) != 0)
		exit(3);
	char *to = pages + 4096 - o->size;
	memcpy(to, o, o->size < sizeof(*o) ? o->size : sizeof(*o));
	if (o->size > sizeof(*o))
		to[o->size - 1] = last;
	return (const struct pinhole_options *)(void *)to;
}

static int number(const char *value, const char *const *names)
{
	for (int i = 0; names[i] != NULL; i++)
		if (strcmp(value, names[i]) == 0)
			return i;
	return atoi(value);
}

static void set(struct pinhole_options *o, char *word, char *last)
{
	static const char *const arguments[] = {"shape", "none", "exact", NULL}, *const generalize[] = {"capability", "chance", "none", NULL};
	char *value = strchr(word, '=');
	if (value == NULL)
		exit(3);
	*value++ = '\0';
	if (strcmp(word, "phase") == 0)
		o->phase = value;
	else if (strcmp(word, "architecture") == 0)
		o->architecture = value;
	else if (strcmp(word, "default") == 0)
		o->default_action = value;
	else if (strcmp(word, "arguments") == 0)
		o->arguments = number(value, arguments);
	else if (strcmp(word, "generalize") == 0)
		o->generalize = number(value, generalize);
	else if (strcmp(word, "size") == 0)
		o->size = strcmp(value, "phase") == 0 ? offsetof(struct pinhole_options, architecture) : strtoul(value, NULL, 0);
	else if (strcmp(word, "last") == 0)
		*last = (char)atoi(value);
	else
		exit(3);
}

int main(int argc, char **argv)
{
	struct pinhole_options options = PINHOLE_OPTIONS_INIT;
	struct pinhole_error e;
	const struct sock_filter *code;
	char last = 0, version[32];
	snprintf(version, sizeof(version), "%d.%d.%d", PINHOLE_VERSION_MAJOR, PINHOLE_VERSION_MINOR, PINHOLE_VERSION_PATCH);
	if (argc < 2 || strcmp(version, pinhole_version()) != 0)
		return 3;
	for (int i = 2; i < argc; i++)
		set(&options, argv[i], &last);
	pinhole_filter *f = pinhole_load(argv[1], options.size >= sizeof(size_t) && options.size <= 4096 ? at_end(&options, last) : &options, &e);
	if (f == NULL) {
		fprintf(stderr, "%s\n", e.text);
		return e.code == PINHOLE_ERROR_INPUT ? 2 : 3;
	}
	fputs(pinhole_warnings(f), stderr);
	size_t n = pinhole_code(f, &code);
	int wrong = fwrite(code, sizeof(*code), n, stdout) != n || fflush(stdout) != 0;
	pinhole_free(f);
	return wrong;
}
