/* Opens a shared object that has libpinhole in it and loads a policy by it: open OBJECT POLICY. SPDX-License-Identifier: MIT */
#include <dlfcn.h>
#include <stdio.h>

int main(int argc, char **argv)
{
	char text[200] = "";
	void *object = argc > 2 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : NULL;
	size_t (*early)(void) = object != NULL ? (size_t (*)(void))dlsym(object, "shared_early") : NULL;
	size_t (*load)(const char *, char *, size_t) =
		object != NULL ? (size_t (*)(const char *, char *, size_t))dlsym(object, "shared_load") : NULL;
	if (early == NULL || load == NULL) {
		fprintf(stderr, "open: %s\n", object != NULL ? "no such function" : dlerror());
		return 1;
	}
	size_t n = load(argv[2], text, sizeof(text));
	printf("early: %s, loaded: %s%s\n", early() > 0 ? "yes" : "no", n > 0 ? "yes" : "no ", text);
	return n == 0 || dlclose(object) != 0;
}
