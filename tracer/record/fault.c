/* Calls that are made to fail. SPDX-License-Identifier: MIT */
#include "tracer/record/fault.h"

#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "policies/abi/failures.h"
#include "tracer/ptrace/change/alter.h"

/* Whether each argument that the fault names has the value there. Unknown values may be any. */
static bool values_fit(const struct fact_key *wanted, const struct fact_key *key)
{
	for (unsigned i = 0; i < 6; i++)
		if ((wanted->args & key->args) >> i & 1 && wanted->values[i] != key->values[i])
			return false;
	return true;
}

bool fault_concerns(const struct record_fault *fault, const struct fact *f)
{
	return fault != NULL && fault->key.arch == f->key.arch && fault->key.nr == f->key.nr &&
	       (f->wide || values_fit(&fault->key, &f->key));
}

/* The recorder waits, too: what stops meanwhile waits with the thread; calls that are known do not stop. */
static void wait_ms(unsigned ms)
{
	struct timespec left = {ms / 1000, (long)(ms % 1000) * 1000000};
	while (nanosleep(&left, &left) != 0 && errno == EINTR)
		;
}

/* Has a call transfer less than it asks for. */
static void shorten(uint64_t most, struct tracee *tracee, const struct call *call)
{
	const struct syscall_desc *desc = abi_by_nr(call->arch, call->nr);
	int size = desc != NULL ? abi_transfer_size(desc->name) : -1;
	uint64_t args[ALTERED];
	if (size < 0 || size >= ALTERED || call->args[size] <= most)
		return;
	memcpy(args, call->args, sizeof(args));
	args[size] = most;
	alter_call(tracee, call->arch, (long)call->nr, args);
}

bool fault_meet(const struct record_fault *fault, uint64_t *count, struct tracee *tracee, const struct call *call)
{
	if (fault == NULL || fault->key.arch != call->arch || fault->key.nr != call->nr ||
	    (!fault->any_phase && fault->key.phase != tracee->process->phase))
		return false;
	struct fact_key key = fact_key_make(tracee->process->phase, call->arch, call->nr, call->args);
	if (!values_fit(&fault->key, &key))
		return false;
	++*count;
	if (*count < fault->when || (*count > fault->when && !fault->from_then_on))
		return false;
	if (fault->signal != 0)
		syscall(SYS_tgkill, tracee->process->tgid, tracee->tid, fault->signal);
	if (fault->delay != 0)
		wait_ms(fault->delay);
	if (tracee->altered.set || tracee->untraced.where != UNTRACED_NOTHING)
		return false; /* altered already */
	if (fault->most != 0)
		shorten(fault->most, tracee, call);
	/* At an entry stop the program's own filters would see another call. */
	if (fault->error == 0 || tracee->state == THREAD_IN_CALL)
		return false;
	alter_answer(tracee->tid, (int)fault->error);
	return true;
}
