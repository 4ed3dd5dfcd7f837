/* What the report's writers share. Internal to policies/report/. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_REPORT_REPORT_PARTS_H
#define PINHOLE_POLICIES_REPORT_REPORT_PARTS_H

#include "policies/abi/danger.h"
#include "policies/abi/groups.h"
#include "policies/base/escape.h"
#include "policies/estimate/confidence.h"
#include "policies/report/report.h"

/* facts.c: what the report says of a profile's facts. ------------------------------------------------------- */

/* The facts of one call on one architecture, of whatever phase; positions among the profile's. */
struct report_call {
	enum arch arch;
	uint32_t nr;
	const char *name;  /* owned by name_room, or the table's */
	const char *group; /* abi_group's */
	VEC(size_t) facts;
	uint64_t count;	  /* occurrences */
	unsigned dangers; /* bit (1 << enum danger_level) for what some fact does */
	char name_room[32];
};

/* What a browser opens and searches without making its reader wait. The page says what it leaves out beyond: facts, rows of its
 * other tables, and once it has so many bytes, stacks and then facts. */
enum { PAGE_FACTS = 10000, PAGE_ROWS = 1000, PAGE_STACKS_END = 16 << 20, PAGE_FACTS_END = 32 << 20 };

/* What one run added. */
struct report_run {
	size_t found; /* facts first seen in it */
	size_t total; /* facts seen in it and before */
};

struct report {
	const struct report_input *in;
	const struct profile *profile;
	VEC(struct report_call) calls; /* in the order of abi_groups, then by name and architecture */
	VEC(struct report_run) runs;   /* as the profile's */
	size_t facts, dangerous;       /* how many; and how many of them are marked as dangerous */
	uint64_t count;
	bool quiet;    /* some run's counts are lower bounds */
	size_t stacks; /* facts with one */
	size_t each;   /* the page shows so many facts of one call at most, dangerous ones first */
	struct confidence confidence;
};

int report_make(struct report *r, const struct report_input *in, struct error *e);
void report_clear(struct report *r);

/* Whether the fact does what the row is about: of a wide fact, whether it may. */
bool fact_is_dangerous(const struct fact *f, const struct danger *d);

/* The levels of what a fact does: bit (1 << enum danger_level). */
unsigned fact_dangers(const struct fact *f);

/* The profile's run that a fact was first seen in, SIZE_MAX where none has it. */
size_t fact_first_run(const struct fact *f);

/* Appends whether discovery is flattening: one plain sentence. */
void discovery_text(const struct report *r, struct text *out);

/* Appends what was recorded, by the commands' names: "nginx", "sh, git and 2 others"; not escaped. */
void subject_text(const struct report *r, struct text *out);

/* How many facts of the call the page shows, by `each`. */
size_t facts_shown(const struct report *r, const struct report_call *c);

/* Appends a number with its noun: "1 run", "3 runs". */
void plural(struct text *out, uint64_t n, const char *noun);

/* compare.c: the derived policy beside Docker's default profile. -------------------------------------------- */

struct beyond {
	const char *syscall;
	enum arch arch;
	char *words; /* what the policy lets through and Docker's does not */
};

struct comparison {
	enum arch arch;
	size_t own;	 /* calls that the policy lets through */
	size_t docker;	 /* that Docker's does */
	size_t needless; /* that Docker's does and this one does not */
	size_t narrowed; /* that both do, this one with arguments that Docker's does not ask for */
};

struct comparisons {
	VEC(struct comparison) archs; /* those that both policies have */
	VEC(struct beyond) beyond;
};

/* Fills an empty *out; own may be NULL, then it stays empty. Returns 0 or a negative code; clear it in either case. */
int compare_with_docker(const struct policy *own, struct comparisons *out, struct error *e);
void comparisons_clear(struct comparisons *c);

/* Files that are part of the command (assets.c). */
struct asset {
	const char *bytes;
	size_t count;
};
struct asset asset_style(void), asset_script(void), asset_docker(void);

/* The hashes of style and script, as a Content-Security-Policy has them. */
extern const char style_hash[], script_hash[];

/* The page's parts: html_*.c. ----------------------------------------------------------------------------------- */

/* Whether the page leaves a row out of n: the middle ones of more than PAGE_ROWS. */
bool html_is_left_out(size_t i, size_t n);

void html_record(const struct report *r, struct text *out); /* runs and programs */
void html_confidence(const struct report *r, struct text *out);
void html_discovery(const struct report *r, struct text *out);
void html_comparison(const struct report *r, const struct comparisons *c, struct text *out);
void html_unseen(const struct report *r, struct text *out); /* nothing where it is not known */
void html_calls(const struct report *r, struct text *out);

/* Appends format with each argument of %s escaped: there are no other conversions. */
void html_add(struct text *out, const char *format, ...);

#endif
