/* pinhole verify: proves that a filter, of any origin, gives the same answers as a policy.
 * SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include "tools/command.h"

/* Adds an argument as text. Adds the register too if it has bits that the kernel ignores. */
static void say_argument(const struct syscall_desc *call, enum arch arch, unsigned i, uint64_t raw, struct text *out)
{
	uint64_t value = abi_canonical(call, arch, i, raw);
	unsigned bits = syscall_arg_bits(call, arch, i);
	text_add(out, "%s=", syscall_arg_name(call, i));
	abi_value_text(call, arch, i, value, out);
	if (bits < 64 && raw >> bits != 0)
		text_add(out, " (0x%" PRIx64 " in the register)", raw);
}

/* Adds a call as text: "x86_64 socket(domain=AF_INET, type=0, protocol=0)", or "architecture
 * 0x40000028, number 3". */
static void say_call(const struct seccomp_data *w, struct text *out)
{
	char buffer[32];
	uint32_t nr = (uint32_t)w->nr;
	int arch = arch_by_audit(w->arch);
	const struct syscall_desc *call = arch < 0 || nr >= ABI_NR_FOREIGN ? NULL : abi_by_nr((enum arch)arch, nr);
	if (arch < 0)
		text_add(out, "architecture 0x%" PRIx32 ", ", w->arch);
	else
		text_add(out, "%s ", arch_name((enum arch)arch));
	if (arch < 0 || nr >= ABI_NR_FOREIGN)
		text_add(out, "number 0x%" PRIx32, nr);
	else
		text_add(out, "%s", abi_name((enum arch)arch, nr, buffer, sizeof(buffer)));
	text_add(out, "(");
	const char *between = "";
	struct syscall_desc room;
	uint64_t args[6];
	for (unsigned i = 0; i < 6 && call != NULL; i++)
		args[i] = abi_canonical(call, (enum arch)arch, i, w->args[i]);
	call = call == NULL ? NULL : abi_select(call, (enum arch)arch, args, 0x3f, &room);
	for (unsigned i = 0; i < 6; i++) {
		if (call != NULL ? i >= syscall_arg_count(call) && w->args[i] == 0 : w->args[i] == 0)
			continue;
		text_add(out, "%s", between);
		if (arch < 0)
			text_add(out, "arg%u=0x%" PRIx64, i, (uint64_t)w->args[i]);
		else
			say_argument(call, (enum arch)arch, i, w->args[i], out);
		between = ", ";
	}
	text_add(out, ")");
	if (w->instruction_pointer != 0)
		text_add(out, " from address 0x%" PRIx64, (uint64_t)w->instruction_pointer);
}

/* Adds the action as text, and the return value if no action alone has it. */
static void say_verdict(uint32_t ret, struct text *out)
{
	struct action a;
	bool known = action_from_ret(ret, &a) == 0;
	if (known)
		action_text(a, out);
	else
		text_add(out, "a value that is no action of a policy");
	if (!known || action_ret(a) != ret)
		text_add(out, " (0x%08" PRIx32 ")", ret);
}

static int verify(const struct input *filter, const struct input *policy, struct text *out, struct error *e)
{
	const struct sock_filter *code = filter->filter.code.items;
	size_t n = filter->filter.code.count;
	struct seccomp_data witness = {0};
	command_progress("comparing the filter with the policy, call by call");
	int rc = filter_verify(code, n, policy->policy, &witness, e);
	if (rc < 0)
		return rc;
	if (rc == 0) {
		text_add(out, "equal\n");
		return 0;
	}
	say_call(&witness, out);
	text_add(out, ": the filter says ");
	say_verdict(filter_run(code, n, &witness, NULL), out);
	text_add(out, ", the policy ");
	say_verdict(action_ret(policy_evaluate(policy->policy, &witness)), out);
	text_add(out, "\n");
	return 1;
}

static int run(int argc, char **argv)
{
	struct error e = {0};
	struct text out = {0};
	struct input filter = {0}, policy = {0};
	while (command_option(argc, argv) != -1)
		;
	command_operands(argc, argv, 2, 2);
	const char *name = argv[optind];
	int rc = input_read(name, true, &filter, &e);
	if (rc == 0 && filter.filter.code.count == 0)
		rc = error_set(&e, ERR_INPUT, "%s: is not a filter but a profile or policy; name the filter first, then the policy",
			       name);
	if (rc == 0)
		rc = input_policy(argv[optind + 1], false, NULL, &policy, &e);
	if (rc == 0 && (rc = verify(&filter, &policy, &out, &e)) < 0)
		error_prefix(&e, "%s: ", name);
	int status = rc < 0 ? command_fail(&e) : command_output(NULL, &out, false, &e);
	if (status == EXIT_FINE && rc == 1)
		status = EXIT_NO;
	text_free(&out);
	input_free(&filter);
	input_free(&policy);
	return status;
}

const struct command cmd_verify = {
	.name = "verify",
	.usage = "FILTER PROFILE|POLICY",
	.summary = "Prove that a filter equals a policy, or show a call that differs",
	.run = run,
};
