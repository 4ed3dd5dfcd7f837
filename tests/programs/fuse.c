/* Serves a file system of one file, "program", a copy of the file that it is given, mounts it on the folder "fuse" in a
 * mount namespace of its own, and becomes that program; the server is its child. Ends with 77 where that is not possible.
 * SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static char *data;
static size_t size;
static int device;

static void reply(uint64_t unique, int error, void *bytes, size_t n)
{
	struct fuse_out_header header = {.len = (uint32_t)(sizeof(header) + n), .error = -error, .unique = unique};
	struct iovec parts[] = {{.iov_base = &header, .iov_len = sizeof(header)}, {.iov_base = bytes, .iov_len = n}};

	if (writev(device, parts, n > 0 ? 2 : 1) < 0 && errno != ENOENT)
		_exit(1);
}

static struct fuse_attr attributes(uint64_t node)
{
	struct fuse_attr a = {.ino = node, .nlink = 1, .mode = S_IFDIR | 0755, .blksize = 4096};

	if (node != 1) {
		a.mode = S_IFREG | 0755;
		a.size = size;
		a.blocks = (size + 511) / 512;
	}
	return a;
}

static void answer(struct fuse_in_header *header, void *body)
{
	struct fuse_init_in *init = body;
	struct fuse_init_out started = {.major = 7, .max_write = 65536};
	struct fuse_attr_out attr = {.attr = attributes(header->nodeid)};
	struct fuse_entry_out entry = {.nodeid = 2, .attr = attributes(2)};
	struct fuse_open_out opened = {.fh = 1};
	struct fuse_read_in *range = body;

	switch (header->opcode) {
	case FUSE_INIT:
		started.minor = init->minor < 31 ? init->minor : 31;
		started.max_readahead = init->max_readahead;
		reply(header->unique, 0, &started, sizeof(started));
		break;
	case FUSE_GETATTR:
		reply(header->unique, 0, &attr, sizeof(attr));
		break;
	case FUSE_LOOKUP:
		if (strcmp(body, "program") == 0)
			reply(header->unique, 0, &entry, sizeof(entry));
		else
			reply(header->unique, ENOENT, NULL, 0);
		break;
	case FUSE_OPEN:
		reply(header->unique, 0, &opened, sizeof(opened));
		break;
	case FUSE_READ: {
		size_t from = range->offset < size ? range->offset : size, left = size - from;

		reply(header->unique, 0, data + from, range->size < left ? range->size : left);
		break;
	}
	case FUSE_FLUSH:
	case FUSE_RELEASE:
		reply(header->unique, 0, NULL, 0);
		break;
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
	case FUSE_INTERRUPT:
		break;
	default:
		reply(header->unique, ENOSYS, NULL, 0);
	}
}

static void serve(void)
{
	static char buffer[1 << 20];

	for (;;) {
		ssize_t n = read(device, buffer, sizeof(buffer));

		if (n >= 0)
			answer((struct fuse_in_header *)buffer, buffer + sizeof(struct fuse_in_header));
		else if (errno != EINTR && errno != ENOENT)
			_exit(0);
	}
}

int main(int argc, char **argv)
{
	struct stat st;
	char options[100];
	int file = argc > 1 ? open(argv[1], O_RDONLY) : -1;

	if (file < 0 || fstat(file, &st) != 0)
		return 1;
	size = (size_t)st.st_size;
	data = malloc(size);
	if (data == NULL || read(file, data, size) != (ssize_t)size)
		return 1;
	close(file);
	mkdir("fuse", 0755);
	device = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0", device);
	if (device < 0 || unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("pinhole", "fuse", "fuse", 0, options) != 0)
		return 77;
	if (fork() == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		serve();
	}
	close(device);
	execl("fuse/program", "program", NULL);
	return 1;
}
