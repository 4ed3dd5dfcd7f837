/* Puts the question of -f smt2 about filters with one instruction changed: for each policy a file with one question
 * after the other, and a file with what verify says of each, a line "sat …" where it killed the mutant, "unsat …" where
 * it found it equivalent. Asked are all equivalent ones, and of the killed every EVERYth. mutants FOLDER EVERY POLICY…
 * SPDX-License-Identifier: MIT */
#include "../unit/mutants.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct asking {
	const struct policy *policy;
	size_t every;
	FILE *questions, *verdicts;
	size_t killed, equivalent, survived;
};

static void die(const char *what)
{
	fprintf(stderr, "mutants: %s\n", what);
	exit(2);
}

/* z3 shall answer with the first word of `verdict`. */
static void ask(struct asking *a, const struct filter *f, const char *verdict)
{
	struct text out = {0};
	struct emit_notes notes = {0};
	struct error e = {0};
	struct emit_input in = {.policy = a->policy, .filter = f};
	if (emitter_by_name("smt2")->emit(&in, &out, &notes, &e) != 0)
		die(e.text);
	fprintf(a->questions, "(reset)\n%s", text_string(&out));
	fprintf(a->verdicts, "%s\n", verdict);
	text_free(&out);
	text_free(&notes.text);
}

static void judge(struct mutation *m, size_t at, const struct sock_filter *kept)
{
	struct asking *a = m->context;
	const struct sock_filter *now = &m->filter->code.items[at];
	struct seccomp_data witness;
	struct error e = {0};
	int rc = filter_verify(m->filter->code.items, m->filter->code.count, a->policy, &witness, &e);
	if (rc < 0) {
		fprintf(stderr, "mutants: instruction %zu: %s\n", at, e.text);
		a->survived++;
		return;
	}
	size_t *count = rc == 1 ? &a->killed : &a->equivalent;
	if (rc == 0 || *count % a->every == 0) {
		char verdict[160];
		snprintf(verdict, sizeof(verdict),
			 "%s instruction %zu: 0x%02x, %u, %u, 0x%" PRIx32 " became 0x%02x, %u, %u, 0x%" PRIx32,
			 rc == 1 ? "sat" : "unsat", at, kept->code, kept->jt, kept->jf, kept->k, now->code, now->jt,
			 now->jf, now->k);
		ask(a, m->filter, verdict);
	}
	++*count;
}

static FILE *open_for(const char *folder, const char *path, const char *end)
{
	char name[4096];
	const char *base = strrchr(path, '/');
	snprintf(name, sizeof(name), "%s/%s%s", folder, base == NULL ? path : base + 1, end);
	FILE *file = fopen(name, "w");
	if (file == NULL)
		die(name);
	return file;
}

static void of_policy(const char *folder, size_t every, const char *path)
{
	struct error e = {0};
	struct filter f = {0};
	struct policy *p = policy_read(path, &e);
	if (p == NULL || filter_compile(p, NULL, &f, &e) != 0)
		die(e.text);
	struct asking a = {.policy = p,
			   .every = every,
			   .questions = open_for(folder, path, ".smt2"),
			   .verdicts = open_for(folder, path, ".verdicts")};
	struct mutation m = {.filter = &f, .each = judge, .context = &a};
	ask(&a, &f, "unsat the filter itself");
	each_mutant(&m);
	if (fclose(a.questions) != 0 || fclose(a.verdicts) != 0)
		die("cannot write the questions");
	printf("%zu,%zu,%zu\n", a.killed, a.equivalent, a.survived);
	filter_clear(&f);
	policy_free(p);
}

int main(int argc, char **argv)
{
	size_t every = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
	if (argc < 4 || every == 0)
		die("usage: mutants FOLDER EVERY POLICY...");
	for (int i = 3; i < argc; i++)
		of_policy(argv[1], every, argv[i]);
	return 0;
}
