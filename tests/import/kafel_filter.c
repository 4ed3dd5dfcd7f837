/* The filter that Kafel's own library makes of a policy: libkafel.so is loaded, and writes the instructions to OUT.
 *     kafel_filter LIBRARY AUDIT_ARCH FILE OUT
 * Ends with 3 where the library can't be loaded, and with 1 and Kafel's message where Kafel refuses the policy.
 * SPDX-License-Identifier: MIT */
#include <dlfcn.h>
#include <linux/filter.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	void *library = argc == 5 ? dlopen(argv[1], RTLD_NOW) : NULL;
	if (library == NULL) {
		fprintf(stderr, "%s\n", argc == 5 ? dlerror() : "kafel_filter LIBRARY AUDIT_ARCH FILE OUT");
		return 3;
	}
	void *(*create)(void) = (void *(*)(void))dlsym(library, "kafel_ctxt_create");
	void (*set_file)(void *, FILE *) = (void (*)(void *, FILE *))dlsym(library, "kafel_set_input_file");
	void (*set_arch)(void *, uint32_t) = (void (*)(void *, uint32_t))dlsym(library, "kafel_set_target_arch");
	int (*compile)(void *, struct sock_fprog *) = (int (*)(void *, struct sock_fprog *))dlsym(library, "kafel_compile");
	const char *(*message)(void *) = (const char *(*)(void *))dlsym(library, "kafel_error_msg");
	if (create == NULL || set_file == NULL || set_arch == NULL || compile == NULL || message == NULL)
		return 3;
	struct sock_fprog program = {0};
	void *kafel = create();
	FILE *in = fopen(argv[3], "r"), *out = fopen(argv[4], "w");
	if (in == NULL || out == NULL)
		return 2;
	set_file(kafel, in);
	set_arch(kafel, (uint32_t)strtoul(argv[2], NULL, 0));
	if (compile(kafel, &program) != 0) {
		fprintf(stderr, "%s\n", message(kafel));
		return 1;
	}
	return fwrite(program.filter, sizeof(*program.filter), program.len, out) != program.len || fclose(out) != 0 ? 2 : 0;
}
