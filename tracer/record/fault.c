/* Calls that are made to fail. SPDX-License-Identifier: MIT */
#include "tracer/record/fault.h"

#include <sys/syscall.h>
#include <unistd.h>

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
	/* At an entry stop the program's own filters would see another call, and some calls are altered already. */
	if (fault->error == 0 || tracee->state == THREAD_IN_CALL || tracee->altered.set || tracee->untraced.where != UNTRACED_NOTHING)
		return false;
	alter_answer(tracee->tid, (int)fault->error);
	return true;
}
