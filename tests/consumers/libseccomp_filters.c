/* The filters that libseccomp makes of what `generate -f libseccomp` writes, which is compiled in (-DFILTER): written to FOLDER/ARCH, one
 * for each architecture alone. libseccomp (2.5.4, 2.6.0) makes wrong code of filters of several architectures at times.
 *     libseccomp_filters FOLDER
 * SPDX-License-Identifier: MIT */
#include FILTER

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct {
	const char *name;
	uint32_t token;
} archs[] = {{"x86_64", SCMP_ARCH_X86_64}, {"i386", SCMP_ARCH_X86}, {"aarch64", SCMP_ARCH_AARCH64}};

static int export_arch(const char *folder, size_t which)
{
	char path[4096];
	scmp_filter_ctx filter = seccomp_init(PINHOLE_DEFAULT);
	int rc = filter == NULL ? -ENOMEM : pinhole_seccomp(filter);
	if (rc != 0 || seccomp_arch_exist(filter, archs[which].token) != 0)
		return rc;
	for (size_t i = 0; i < 3; i++)
		if (i != which && seccomp_arch_exist(filter, archs[i].token) == 0)
			seccomp_arch_remove(filter, archs[i].token);
	snprintf(path, sizeof(path), "%s/%s", folder, archs[which].name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	rc = seccomp_export_bpf(filter, fd);
	close(fd);
	seccomp_release(filter);
	return rc;
}

int main(int argc, char **argv)
{
	int rc = argc == 2 ? 0 : -EINVAL;
	for (size_t i = 0; rc == 0 && i < 3; i++)
		rc = export_arch(argv[1], i);
	if (rc != 0)
		fprintf(stderr, "libseccomp: %s\n", strerror(-rc));
	return rc != 0;
}
