/* build: -pthread */
/* A program that fills in its own memory (userfaultfd(2)): who reads a page that is missing waits for its thread. A function
 * whose frame lies in such a page makes a system call. SPDX-License-Identifier: MIT */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { PAGE = 4096, PAGES = 4 };

static atomic_int filled;

static void *fill(void *descriptor)
{
	static char content[PAGE] __attribute__((aligned(PAGE)));
	int fd = *(int *)descriptor;
	struct uffd_msg message;

	while (read(fd, &message, sizeof(message)) == sizeof(message)) {
		struct uffdio_copy copy = {.dst = message.arg.pagefault.address & ~(__u64)(PAGE - 1),
					   .src = (unsigned long)content, .len = PAGE};

		filled++;
		if (ioctl(fd, UFFDIO_COPY, &copy) != 0)
			err(1, "UFFDIO_COPY");
	}
	return NULL;
}

#if defined(__x86_64__)
/* getpriority(2), while the frame pointer, by which callers find the way back, is the argument. */
long call_with_frame(void *frame);
__asm__(".text\n.globl call_with_frame\n.type call_with_frame, @function\ncall_with_frame:\n"
	".cfi_startproc\npush %rbp\n.cfi_def_cfa_offset 16\n.cfi_offset 6, -16\nmov %rdi, %rbp\n.cfi_def_cfa_register 6\n"
	"mov $140, %eax\nxor %edi, %edi\nxor %esi, %esi\nsyscall\npop %rbp\n.cfi_def_cfa 7, 8\nret\n.cfi_endproc\n"
	".size call_with_frame, . - call_with_frame\n");
#else
static long call_with_frame(void *frame)
{
	(void)frame;
	return syscall(SYS_getpriority, 0, 0);
}
#endif

int main(void)
{
	int fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC);
	struct uffdio_api api = {.api = UFFD_API};
	char *area = mmap(NULL, (size_t)PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct uffdio_register range = {.range = {(unsigned long)area, (unsigned long)PAGES * PAGE}, .mode = UFFDIO_REGISTER_MODE_MISSING};
	pthread_t thread;

	if (fd < 0 || area == MAP_FAILED || ioctl(fd, UFFDIO_API, &api) != 0 || ioctl(fd, UFFDIO_REGISTER, &range) != 0)
		err(1, "userfaultfd");
	pthread_create(&thread, NULL, fill, &fd);
	usleep(20000); /* it waits */
	printf("getpriority: %s\n", call_with_frame(area + PAGE + 64) < 0 ? strerror(errno) : "done");
	/* Too short, so that the kernel does not read it (clone(2)). */
	printf("clone3: %s\n", syscall(SYS_clone3, area + 3L * PAGE, 0) < 0 ? strerror(errno) : "done");
	printf("%d pages filled before the first use\n", filled);
	area[2 * PAGE] = 1;
	printf("%d after it\n", filled);
	return 0;
}
