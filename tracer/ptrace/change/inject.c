/* Giving a filter to a running process: one of its threads makes the calls for that. SPDX-License-Identifier: MIT */
#include "tracer/ptrace/change/inject.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>

#include "tracer/ptrace/change/registers.h"

/* Room for a struct sock_fprog (linux/filter.h), and the longest filter behind it. Pages that are not written to take
 * no memory. */
enum { ROOM = 64 + BPF_MAXINSNS * sizeof(struct sock_filter), CODE = 64 };

struct injection {
	/* The call that is being made. */
	enum { STEP_MAP, STEP_FILTER, STEP_PRIVILEGES, STEP_UNMAP, STEP_WAIT, STEP_AGAIN } step;
	enum arch arch;	 /* of the tracee's own call, and of the injected ones */
	bool privileges; /* no_new_privs has been set, or must not be set */
	int error;
	uint64_t page, mask;
	struct user_regs_struct registers; /* at the entry of the tracee's own call */
};

struct injected_call {
	long nr;
	uint64_t args[6];
};

/* There are two ways to have a call made. At an entry stop the kernel reads number and arguments from the registers
 * again (ptrace(2)): replace_call. After an exit stop the instruction that made the last call stands just before the
 * instruction pointer, and can be run again: make_call. An `orig_rax` of -1 says that no call is to be restarted
 * (arch/x86/kernel/signal.c). */
#if defined(__x86_64__)
enum { CALL_LENGTH = 2 }; /* syscall, int $0x80; sysenter and the 32-bit syscall return behind an int $0x80, too */

static void set_arguments(struct user_regs_struct *r, enum arch arch, const struct injected_call *c)
{
	if (arch == ARCH_I386) {
		r->rbx = c->args[0];
		r->rcx = c->args[1];
		r->rdx = c->args[2];
		r->rsi = c->args[3];
		r->rdi = c->args[4];
		r->rbp = c->args[5];
		return;
	}
	r->rdi = c->args[0];
	r->rsi = c->args[1];
	r->rdx = c->args[2];
	r->r10 = c->args[3];
	r->r8 = c->args[4];
	r->r9 = c->args[5];
}

static bool replace_call(struct tracee *tracee, const struct injected_call *c)
{
	struct user_regs_struct r = tracee->injection->registers;
	r.orig_rax = (unsigned long)c->nr;
	set_arguments(&r, tracee->injection->arch, c);
	return registers_write(tracee->tid, &r);
}

static bool make_call(struct tracee *tracee, const struct injected_call *c)
{
	struct user_regs_struct r = tracee->injection->registers;
	r.rip -= CALL_LENGTH;
	r.rax = (unsigned long)c->nr;
	r.orig_rax = (unsigned long)-1;
	set_arguments(&r, tracee->injection->arch, c);
	return registers_write(tracee->tid, &r);
}

static bool make_own_call(struct tracee *tracee)
{
	struct user_regs_struct r = tracee->injection->registers;
	r.rip -= CALL_LENGTH;
	r.rax = r.orig_rax;
	r.orig_rax = (unsigned long)-1;
	return registers_write(tracee->tid, &r);
}

bool inject_exit(pid_t tid, enum arch arch, int status)
{
	enum { EXIT_GROUP_I386 = 252 };
	struct user_regs_struct r;
	if (!registers_read(tid, &r))
		return false;
	r.orig_rax = arch == ARCH_I386 ? (unsigned long)EXIT_GROUP_I386 : SYS_exit_group;
	r.rdi = r.rbx = (unsigned long)status;
	return registers_write(tid, &r);
}
#elif defined(__aarch64__)
enum { CALL_LENGTH = 4 }; /* svc #0 */

static bool replace_call(struct tracee *tracee, const struct injected_call *c)
{
	struct user_regs_struct r = tracee->injection->registers;
	memcpy(r.regs, c->args, sizeof(c->args));
	return registers_write_number(tracee->tid, (int)c->nr) && registers_write(tracee->tid, &r);
}

static bool make_call(struct tracee *tracee, const struct injected_call *c)
{
	struct user_regs_struct r = tracee->injection->registers;
	r.pc -= CALL_LENGTH;
	r.regs[8] = (uint64_t)c->nr;
	memcpy(r.regs, c->args, sizeof(c->args));
	return registers_write(tracee->tid, &r);
}

static bool make_own_call(struct tracee *tracee)
{
	struct user_regs_struct r = tracee->injection->registers;
	r.pc -= CALL_LENGTH;
	return registers_write(tracee->tid, &r);
}

bool inject_exit(pid_t tid, enum arch arch, int status)
{
	struct user_regs_struct r;
	(void)arch;
	if (!registers_read(tid, &r))
		return false;
	r.regs[0] = (uint64_t)status;
	return registers_write_number(tid, SYS_exit_group) && registers_write(tid, &r);
}
#endif

/* The kernel's signal set has 64 bits on both architectures (PTRACE_SETSIGMASK, ptrace(2), Linux 3.11). Blocked signals
 * stay pending. */
static bool set_mask(pid_t tid, uint64_t mask)
{
	return ptrace(PTRACE_SETSIGMASK, tid, (void *)sizeof(mask), &mask) == 0;
}

static long number(const struct injection *i, const char *name)
{
	return abi_by_name(name)->nr[i->arch];
}

static struct injected_call map_call(const struct injection *i)
{
	return (struct injected_call){number(i, i->arch == ARCH_I386 ? "mmap2" : "mmap"),
				      {0, ROOM, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, (uint64_t)-1, 0}};
}

/* Installs the filter for all threads (SECCOMP_FILTER_FLAG_TSYNC, Linux 3.17). A filter for watching has SPEC_ALLOW, as
 * in launch.c. */
static struct injected_call filter_call(const struct injection *i, const struct watch_filter *filter)
{
	uint64_t flags = filter->lets_through == NULL ? SECCOMP_FILTER_FLAG_SPEC_ALLOW
			 : filter->log		      ? SECCOMP_FILTER_FLAG_LOG
						      : 0;
	return (struct injected_call){number(i, "seccomp"),
				      {SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC | flags, i->page}};
}

/* Whether the filters that the process has then allow munmap. If not, the page stays: it belongs to the program and
 * holds no secret. */
static bool unmaps(const struct injection *i, const struct watch_filter *filter, const struct injected_call *c)
{
	struct seccomp_data call = {.nr = (int)c->nr, .arch = arch_audit(i->arch), .args = {c->args[0], c->args[1]}};
	bool fine = true;
	for (; fine && filter != NULL && filter->lets_through != NULL; filter = filter->earlier)
		fine = filter->lets_through(filter->code, filter->length, &call);
	return fine;
}

/* Writes a struct sock_fprog in that architecture's layout. */
static void put_program(void *at, enum arch arch, size_t length, uint64_t code)
{
	struct {
		uint16_t length;
		uint32_t code;
	} narrow = {(uint16_t)length, (uint32_t)code};
	struct sock_fprog program = {.len = (unsigned short)length, .filter = (void *)(uintptr_t)code};
	if (arch == ARCH_I386)
		memcpy(at, &narrow, sizeof(narrow));
	else
		memcpy(at, &program, sizeof(program));
}

static bool write_filter(pid_t tid, const struct injection *injection, const struct watch_filter *filter)
{
	uint64_t page = injection->page;
	if (filter->length == 0 || filter->length > BPF_MAXINSNS)
		return false;
	uint64_t buffer[ROOM / sizeof(uint64_t)] = {0};
	size_t n = CODE + filter->length * sizeof(struct sock_filter);
	put_program(buffer, injection->arch, filter->length, page + CODE);
	memcpy((char *)buffer + CODE, filter->code, n - CODE);
	struct iovec from = {.iov_base = buffer, .iov_len = n},
		     to = {.iov_base = (void *)(uintptr_t)page, .iov_len = n};
	if (process_vm_writev(tid, &from, 1, &to, 1, 0) == (ssize_t)n)
		return true;
	for (size_t i = 0; i * sizeof(uint64_t) < n; i++) /* a tracer may always do that */
		if (ptrace(PTRACE_POKEDATA, tid, (void *)(uintptr_t)(page + i * sizeof(uint64_t)),
			   (void *)(uintptr_t)buffer[i]) != 0)
			return false;
	return true;
}

/* At the entry stop of a call: begins with that step instead of it. `privileges`: no_new_privs must not be set. */
static bool begin(struct tracee *tracee, enum arch arch, int step, bool privileges)
{
	struct injection *i = calloc(1, sizeof(*i));
	if (i == NULL || !registers_read(tracee->tid, &i->registers) ||
	    ptrace(PTRACE_GETSIGMASK, tracee->tid, (void *)sizeof(i->mask), &i->mask) != 0 ||
	    !set_mask(tracee->tid, UINT64_MAX)) {
		free(i);
		return false;
	}
	i->step = step;
	i->arch = arch;
	i->privileges = privileges;
	tracee->injection = i;
	tracee->state = THREAD_INJECTS;
	/* munmap of nothing fails and does nothing. No call at all would have the number -1, which a filter may
	 * deny. */
	struct injected_call first = step == STEP_MAP ? map_call(i) : (struct injected_call){number(i, "munmap"), {0, 0}};
	if (replace_call(tracee, &first))
		return true;
	set_mask(tracee->tid, i->mask);
	inject_forget(tracee);
	return false;
}

bool inject_begin(struct tracee *tracee, enum arch arch, bool may_give_up_privileges)
{
	return begin(tracee, arch, STEP_MAP, !may_give_up_privileges);
}

bool inject_wait(struct tracee *tracee, enum arch arch)
{
	return begin(tracee, arch, STEP_WAIT, true);
}

enum arch inject_arch(const struct tracee *tracee)
{
	return tracee->injection->arch;
}

/* At the exit of an injected call: has the next one made. If registers cannot be set, the tracee was killed, and its
 * end comes next. */
static enum inject_state next_step(struct tracee *tracee, int64_t result, const struct watch_filter *filter)
{
	struct injection *i = tracee->injection;
	enum inject_state state = INJECT_GOES_ON;
	bool failed = result != 0; /* seccomp with TSYNC returns the id of a thread that has another filter */
	if (i->arch == ARCH_I386) /* the result has 32 bits; addresses from 2^31 on are no errors */
		result = (uint32_t)result > (uint32_t)-4096 ? (int32_t)result : (int64_t)(uint32_t)result;
	if (i->step == STEP_MAP) {
		bool mapped = result >= 0 || result < -4095;
		i->page = mapped ? (uint64_t)result : 0;
		i->error = !mapped ? (int)-result : write_filter(tracee->tid, i, filter) ? 0 : EFAULT;
		i->step = !mapped ? STEP_AGAIN : i->error != 0 ? STEP_UNMAP : STEP_FILTER;
	} else if (i->step == STEP_FILTER && result == -EACCES && !i->privileges) {
		i->step = STEP_PRIVILEGES;
	} else if (i->step == STEP_FILTER) {
		state = failed ? INJECT_GOES_ON : INJECT_INSTALLED;
		i->error = !failed ? 0 : result < 0 ? (int)-result : EBUSY;
		i->step = STEP_UNMAP;
	} else if (i->step == STEP_PRIVILEGES) {
		i->privileges = true;
		i->error = failed ? EACCES : 0;
		i->step = failed ? STEP_UNMAP : STEP_FILTER;
	} else {
		i->step = STEP_AGAIN;
	}
	struct injected_call call = {number(i, "munmap"), {i->page, ROOM}};
	if (i->step == STEP_UNMAP && !unmaps(i, state == INJECT_INSTALLED ? filter : filter->earlier, &call))
		i->step = STEP_AGAIN;
	if (i->step == STEP_FILTER)
		call = filter_call(i, filter);
	else if (i->step == STEP_PRIVILEGES)
		call = (struct injected_call){number(i, "prctl"), {PR_SET_NO_NEW_PRIVS, 1}};
	if (i->step == STEP_AGAIN)
		make_own_call(tracee);
	else
		make_call(tracee, &call);
	return state;
}

enum inject_state inject_stop(struct tracee *tracee, const struct __ptrace_syscall_info *info, const struct watch_filter *filter,
			      int *error)
{
	struct injection *i = tracee->injection;
	if (info == NULL)
		return INJECT_GOES_ON;
	if (info->op == PTRACE_SYSCALL_INFO_EXIT)
		return next_step(tracee, info->exit.rval, filter);
	if (info->op != PTRACE_SYSCALL_INFO_ENTRY || i->step != STEP_AGAIN)
		return INJECT_GOES_ON;
	set_mask(tracee->tid, i->mask);
	*error = i->error;
	inject_forget(tracee);
	return *error == 0 ? INJECT_DONE : INJECT_REFUSED;
}

void inject_forget(struct tracee *tracee)
{
	if (tracee->state == THREAD_INJECTS)
		tracee->state = THREAD_IN_CALL;
	free(tracee->injection);
	tracee->injection = NULL;
}
