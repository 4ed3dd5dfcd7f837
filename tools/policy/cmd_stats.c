/* pinhole stats: prints what a filter costs. SPDX-License-Identifier: MIT */
#include <string.h>

#include "policies/base/style.h"
#include "tools/command.h"

enum { INDENT = 16, WIDTH = 100 };

/* How the known calls of an architecture are answered. */
struct calls {
	size_t cached;	       /* calls that the kernel's bitmap answers */
	size_t refused;	       /* calls that the filter refuses whatever their arguments */
	VEC(uint32_t) numbers; /* the other calls */
};

struct stats {
	const struct sock_filter *code;
	size_t n;
	struct filter_size size;
	struct filter_bound bound;
	struct error untold; /* why there is no lower bound */
	size_t native, arm; /* bytes of machine code on x86_64 and on aarch64 */
	struct calls calls[ARCH_COUNT];
	const struct profile *profile; /* call counts; NULL: none given */
	struct filter_weight weight;
};

/* Whether a call of that architecture may pass. */
static bool passes(const struct stats *s, enum arch arch)
{
	return s->calls[arch].cached + s->calls[arch].numbers.count > 0;
}

/* Fills s->calls of an architecture. Returns 0 or ERR_MEMORY. */
static int count_calls(struct stats *s, enum arch arch, struct error *e)
{
	struct calls *c = &s->calls[arch];
	for (uint32_t nr = 0; nr <= abi_newest(arch); nr++) {
		uint32_t verdict;
		struct action a;
		if (abi_by_nr(arch, nr) == NULL)
			continue;
		if (filter_is_cached(s->code, s->n, arch, nr))
			c->cached++;
		else if (filter_is_constant(s->code, s->n, arch_audit(arch), nr, &verdict) &&
			 action_from_ret(verdict, &a) == 0 && a.kind != ACTION_TRACE && !lets_through(a))
			c->refused++;
		else if (!vec_push(&c->numbers, nr))
			return error_memory(e);
	}
	return 0;
}

static void label(const char *name, struct text *out)
{
	size_t n = strlen(name);
	style_add(out, STYLE_HEADING, name);
	text_add(out, "%*s", n < INDENT ? (int)(INDENT - n) : 0, "");
}

static size_t least(const struct filter_bound *b)
{
	return b->archs + b->numbers + b->loads + b->returns;
}

static void say_bound(const struct stats *s, struct text *out)
{
	const struct filter_bound *b = &s->bound;
	size_t has = s->size.comparisons[COMPARED_NUMBER];
	label("lower bound", out);
	if (s->untold.code != 0) {
		text_add(out, "not known: %s\n", s->untold.text);
		return;
	}
	if (b->arguments)
		text_add(out, "%zu comparison%s of the number; the filter has %zu (argument tests have no bound)", b->numbers,
			 plural_s(b->numbers), has);
	else
		text_add(out, "%zu instruction%s: %zu load%s, %zu comparison%s (architecture %zu, number %zu), %zu return%s",
			 least(b), plural_s(least(b)), b->loads, plural_s(b->loads), b->archs + b->numbers,
			 plural_s(b->archs + b->numbers), b->archs, b->numbers, b->returns, plural_s(b->returns));
	/* The bound counts comparisons; masks and JSET can tell more numbers apart. */
	if (has < b->numbers || (!b->arguments && s->size.all < least(b)))
		text_add(out, "; the filter uses masks, and has fewer");
	text_add(out, "\n");
}

static void say_size(const struct stats *s, struct text *out)
{
	const struct filter_size *z = &s->size;
	const size_t *c = z->comparisons;
	size_t compared = c[COMPARED_ARCH] + c[COMPARED_NUMBER] + c[COMPARED_ARGUMENT] + c[COMPARED_OTHER];
	label("instructions", out);
	text_add(out, "%zu: %zu load%s, %zu comparison%s (architecture %zu, number %zu", z->all, z->loads, plural_s(z->loads), compared, plural_s(compared),
		 c[COMPARED_ARCH], c[COMPARED_NUMBER]);
	if (c[COMPARED_ARGUMENT] > 0)
		text_add(out, ", arguments %zu", c[COMPARED_ARGUMENT]);
	if (c[COMPARED_OTHER] > 0)
		text_add(out, ", other %zu", c[COMPARED_OTHER]);
	text_add(out, "), %zu return%s", z->returns, plural_s(z->returns));
	if (z->jumps > 0)
		text_add(out, ", %zu jump%s", z->jumps, plural_s(z->jumps));
	if (z->other > 0)
		text_add(out, ", %zu other%s", z->other, plural_s(z->other));
	if (z->dead > 0)
		text_add(out, ", %zu unreachable", z->dead);
	text_add(out, "\n");
	say_bound(s, out);
	label("longest path", out);
	text_add(out, "%zu instruction%s, even if no call can take this path\n", z->longest, plural_s(z->longest));
	label("native code", out);
	bool on_arm = passes(s, ARCH_AARCH64), on_x86 = passes(s, ARCH_X86_64) || passes(s, ARCH_I386) || !on_arm;
	text_add(out, "about ");
	if (on_x86)
		text_add(out, "%zu bytes on x86_64", s->native);
	if (on_arm)
		text_add(out, "%s%zu%s on aarch64", on_x86 ? ", " : "", s->arm, on_x86 ? "" : " bytes");
	text_add(out, "\n");
}

static double per_call(double steps, double calls)
{
	return calls > 0 ? steps / calls : 0;
}

static void say_weight(const struct stats *s, struct text *out)
{
	const struct filter_weight *w = &s->weight;
	if (s->profile == NULL)
		return;
	label("expected path", out);
	if (w->calls > 0)
		text_add(out, "%.1f instructions for each of %.0f call%s; ", per_call(w->steps, w->calls), w->calls,
			 plural_s((uint64_t)w->calls));
	if (w->run_calls > 0)
		text_add(out, "%.1f for each of the %.0f calls that the bitmap does not answer\n",
			 per_call(w->run_steps, w->run_calls), w->run_calls);
	else
		text_add(out, "%s\n", w->calls > 0 ? "the bitmap answers all of them" : "no call can be weighed");
	if (w->wide > 0)
		text_add(out, "%*s%.0f call%s not weighed: their facts are widened, so single values are unknown\n",
			 INDENT, "", w->wide, plural_s((uint64_t)w->wide));
	if (w->unrecorded > 0)
		text_add(out, "%*s%.0f call%s not weighed: the filter tests arguments that profiles do not record\n", INDENT,
			 "", w->unrecorded, plural_s((uint64_t)w->unrecorded));
}

/* The names below each other in lines of a width that terminals have. */
static void say_names(const struct calls *c, enum arch arch, struct text *out)
{
	size_t limit = out->columns > INDENT + 40 ? out->columns : WIDTH, column = limit;
	for (size_t i = 0; i < c->numbers.count; i++) {
		char buffer[32];
		const char *name = abi_name(arch, c->numbers.items[i], buffer, sizeof(buffer));
		size_t length = strlen(name) + 2;
		bool breaks = column + length > limit;
		text_add(out, breaks ? "%s\n%*s%s" : "%s%*s%s", i > 0 ? "," : "", breaks ? INDENT : 1, "", name);
		column = length + (breaks ? INDENT : column);
	}
}

/* Prints only the architectures of which a call may pass. */
static void say_calls(const struct stats *s, struct text *out)
{
	bool said = false;
	for (unsigned arch = 0; arch < ARCH_COUNT; arch++) {
		const struct calls *c = &s->calls[arch];
		if (!passes(s, (enum arch)arch))
			continue;
		label(arch_name((enum arch)arch), out);
		text_add(out, "%zu call%s answered by the kernel's bitmap, %zu refused, ", c->cached, plural_s(c->cached), c->refused);
		if (c->cached + c->refused == 0)
			text_add(out, "all run the filter");
		else
			text_add(out, "%zu other%s%s", c->numbers.count, plural_s(c->numbers.count), c->numbers.count > 0 ? ":" : "");
		if (c->cached + c->refused > 0)
			say_names(c, (enum arch)arch, out);
		text_add(out, "\n");
		said = true;
	}
	if (said)
		return;
	label("calls", out);
	text_add(out, "all are refused\n");
}

static void json_bound(const struct stats *s, struct text *out)
{
	const struct filter_bound *b = &s->bound;
	text_add(out, " \"bound\": ");
	if (s->untold.code != 0) {
		text_add(out, "null,\n");
		return;
	}
	text_add(out, "{");
	if (!b->arguments)
		text_add(out, "\"instructions\": %zu, ", least(b));
	text_add(out, "\"loads\": %zu, \"arch\": %zu, \"number\": %zu, \"returns\": %zu},\n", b->loads, b->archs,
		 b->numbers, b->returns);
}

static void json_calls(const struct stats *s, struct text *out)
{
	text_add(out, " \"calls\": {");
	for (unsigned arch = 0; arch < ARCH_COUNT; arch++) {
		const struct calls *c = &s->calls[arch];
		text_add(out, "%s\"%s\": {\"cached\": %zu, \"refused\": %zu, \"others\": [",
			 arch > 0 ? ",\n           " : "", arch_name((enum arch)arch), c->cached, c->refused);
		for (size_t i = 0; i < c->numbers.count; i++) {
			char buffer[32];
			text_add(out, "%s\"%s\"", i > 0 ? ", " : "",
				 abi_name((enum arch)arch, c->numbers.items[i], buffer, sizeof(buffer)));
		}
		text_add(out, "]}");
	}
	text_add(out, "}}\n");
}

static void json(const struct stats *s, struct text *out)
{
	const struct filter_size *z = &s->size;
	const size_t *c = z->comparisons;
	const struct filter_weight *w = &s->weight;
	text_add(out,
		 "{\"instructions\": %zu, \"loads\": %zu, \"jumps\": %zu, \"returns\": %zu, \"others\": %zu, \"dead\": "
		 "%zu,\n"
		 " \"comparisons\": {\"arch\": %zu, \"number\": %zu, \"argument\": %zu, \"other\": %zu},\n",
		 z->all, z->loads, z->jumps, z->returns, z->other, z->dead, c[COMPARED_ARCH], c[COMPARED_NUMBER],
		 c[COMPARED_ARGUMENT], c[COMPARED_OTHER]);
	json_bound(s, out);
	text_add(out, " \"longest\": %zu,\n \"native\": %zu,\n \"native_aarch64\": %zu,\n \"expected\": ", z->longest, s->native, s->arm);
	if (s->profile == NULL)
		text_add(out, "null,\n");
	else
		text_add(out,
			 "{\"calls\": %.0f, \"instructions\": %.0f, \"run_calls\": %.0f, \"run_instructions\": %.0f, "
			 "\"wide_calls\": %.0f, \"unrecorded_calls\": %.0f},\n",
			 w->calls, w->steps, w->run_calls, w->run_steps, w->wide, w->unrecorded);
	json_calls(s, out);
}

/* Makes the filter of a policy as `generate` does; keeps a filter as it is. */
static int the_filter(struct input *in, struct error *e)
{
	struct compile_options as_generate = {.counts = in->profile};
	return in->policy != NULL ? filter_compile(in->policy, &as_generate, &in->filter, e) : 0;
}

static int gather(struct stats *s, struct error *e)
{
	int rc = filter_measure(s->code, s->n, &s->size, e);
	if (rc == 0 && (rc = filter_bound(s->code, s->n, &s->bound, &s->untold)) == ERR_LIMIT)
		rc = 0; /* printed in place of the bound */
	else if (rc < 0 && s->untold.code == rc)
		*e = s->untold;
	s->native = filter_native_size(s->code, s->n);
	s->arm = filter_arm_size(s->code, s->n);
	for (unsigned arch = 0; rc == 0 && arch < ARCH_COUNT; arch++)
		rc = count_calls(s, (enum arch)arch, e);
	if (rc == 0 && s->native == 0)
		rc = error_memory(e);
	if (rc == 0 && s->profile != NULL)
		rc = filter_weigh(s->code, s->n, s->profile, &s->weight, e);
	return rc;
}

static void people(const struct stats *s, struct text *out)
{
	say_size(s, out);
	say_weight(s, out);
	say_calls(s, out);
}

static int run(int argc, char **argv)
{
	struct error e = {0};
	struct text out = {0};
	struct input in = {0};
	struct profile *counts = NULL;
	bool programs = false;
	while (command_option(argc, argv) != -1)
		programs = true;
	command_operands(argc, argv, 1, 2);
	if (!programs)
		out = command_page();
	int rc = input_policy(argv[optind], true, NULL, &in, &e);
	if (rc == 0 && optind + 1 < argc && (counts = profile_read(argv[optind + 1], &e)) == NULL)
		rc = e.code;
	if (rc == 0 && (rc = the_filter(&in, &e)) < 0)
		error_prefix(&e, "%s: ", argv[optind]);
	struct stats s = {
	    .code = in.filter.code.items, .n = in.filter.code.count, .profile = counts != NULL ? counts : in.profile};
	if (rc == 0)
		rc = gather(&s, &e);
	if (rc == 0)
		(programs ? json : people)(&s, &out);
	int status = rc < 0 ? command_fail(&e) : command_output(NULL, &out, false, &e);
	for (unsigned arch = 0; arch < ARCH_COUNT; arch++)
		vec_free(&s.calls[arch].numbers);
	profile_free(counts);
	text_free(&out);
	input_free(&in);
	return status;
}

static const struct option_row options[] = {
	{.key = 'j', .name = "json",
	 .help = "for programs"},
	{0},
};

const struct command cmd_stats = {
	.name = "stats",
	.usage = "[--json] FILTER|POLICY|PROFILE [PROFILE]",
	.summary = "Measure what a filter costs: instructions, paths, calls that run it",
	.options = options,
	.page = true,
	.run = run,
};
