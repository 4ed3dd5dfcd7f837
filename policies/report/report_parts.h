/* Functions that the report's writers share. Internal to policies/report/. SPDX-License-Identifier:
 * MIT */
#ifndef PINHOLE_POLICIES_REPORT_REPORT_PARTS_H
#define PINHOLE_POLICIES_REPORT_REPORT_PARTS_H

#include "policies/abi/power/capabilities.h"
#include "policies/abi/power/danger.h"
#include "policies/abi/groups.h"
#include "policies/base/escape.h"
#include "policies/estimate/confidence.h"
#include "policies/profile/stacks.h"
#include "policies/report/report.h"

/* facts.c: prepares the facts of a profile.
 * ---------------------------------------------------------------- */

/* The facts of one call on one architecture, of any phase, as indexes into the profile. */
struct report_call {
	enum arch arch;
	uint32_t nr;
	const char *name;  /* owned by name_room, or part of the table of calls */
	const char *group; /* as of abi_group */
	VEC(size_t) facts;
	uint64_t count;	  /* occurrences */
	unsigned dangers; /* bit (1 << enum danger_level) for each level of its facts */
	bool drawn;	  /* the drawing of stacks has a box of it, which html_stacks_link leads to */
	char name_room[32];
};

/* Limits of a page that a browser opens and searches without delay: of facts, of rows in other
 * tables, and of bytes, after which first stacks and then facts are left out. The page says what it
 * leaves out. */
enum { PAGE_FACTS = 10000, PAGE_ROWS = 1000, PAGE_STACKS_END = 16 << 20, PAGE_FACTS_END = 32 << 20 };

/* The facts that one run added. */
struct report_run {
	size_t found; /* facts first seen in this run */
	size_t total; /* facts seen in this run or before it */
};

/* A danger that facts of a call show. */
struct thing {
	const struct danger *danger;
	const struct report_call *call;
	const struct fact *fact; /* one of them */
	size_t facts, first_run; /* how many, and the first run that saw one (SIZE_MAX: none) */
	bool loading; /* a caution that only phase `load` shows, as in every dynamic program */
};

struct report {
	const struct report_input *in;
	const struct profile *profile;
	VEC(struct report_call) calls; /* ordered by group (abi_groups), then name and architecture */
	VEC(struct report_run) runs;   /* in the order of the profile */
	size_t facts, dangerous;       /* numbers of facts, and of dangerous facts */
	uint64_t count;
	bool quiet;    /* counts of a run are lower bounds */
	size_t stacks; /* number of facts that have a stack */
	size_t each;   /* the page has at most this many facts of each call, dangerous ones first */
	struct confidence confidence;
	capability_set classes; /* the capability classes that facts show */
	size_t class_run[CAPABILITY_COUNT]; /* the first run that showed each */
	bool executes; /* it executed programs after it was loaded */
	VEC(struct thing) things; /* the gravest first; those of loading last */
	size_t to_look_at; /* how many of them are not of loading */
};

int report_make(struct report *r, const struct report_input *in, struct error *e);
void report_clear(struct report *r);

/* Returns the index of the run that first saw the fact; SIZE_MAX if no run has it. */
size_t fact_first_run(const struct fact *f);

/* Appends one sentence that says whether fewer new facts are being found. */
void discovery_text(const struct report *r, struct text *out);

/* Appends the names of the recorded commands, unescaped: "nginx", "sh, git and 2 others". */
void subject_text(const struct report *r, struct text *out);

/* Returns the place of a group of calls in the order of the page. */
size_t group_rank(const char *group);

/* Returns how many facts of the call the page shows, by `each`. */
size_t facts_shown(const struct report *r, const struct report_call *c);

/* Appends a number with its noun: "1 run", "3 runs". */
void plural(struct text *out, uint64_t n, const char *noun);

/* verdict.c: the answer in one sentence. Internal words, no outside text. --------------------------------------- */

/* Fills in classes, executes, things. Returns 0 or a negative code. */
int report_judge(struct report *r, struct error *e);

/* Appends one sentence: what the program may do, how much of it is dangerous, and how complete the profile is. */
void verdict_text(const struct report *r, struct text *out);

/* compare.c: compares the derived policy with Docker's default profile.
 * ----------------------------------- */

struct beyond {
	const char *syscall;
	enum arch arch;
	char *words; /* calls in words that the policy allows and Docker's denies */
};

struct comparison {
	enum arch arch;
	size_t own;	 /* number of calls that the policy allows */
	size_t docker;	 /* number of calls that Docker's allows */
	size_t needless; /* number of calls that only Docker's allows */
	size_t narrowed; /* number of calls that both allow, the policy with fewer arguments */
	VEC(const char *) needless_calls; /* those that only Docker's allows */
};

struct comparisons {
	VEC(struct comparison) archs; /* the architectures that both policies have */
	VEC(struct beyond) beyond;
};

/* Fills an empty *out. `own` may be NULL: *out then stays empty. Returns 0 or a negative code;
 * clear *out in either case. */
int compare_with_docker(const struct policy *own, struct comparisons *out, struct error *e);
void comparisons_clear(struct comparisons *c);

/* Removes from `a` what `b` has. Returns 0, 1 if the rest cannot be put into words, or a negative
 * code. */
struct call_set;
int call_set_less(struct call_set *a, const struct call_set *b, enum arch arch, const char *name, struct error *e);

/* Appends the calls of a set in words; `untold`: they cannot be put into words. */
void call_set_words(const struct call_set *set, bool untold, enum arch arch, const char *name, struct text *out);

/* map.c: what the policy does with every call of an architecture. ------------------------------------------------- */

enum map_kind { MAP_CLOSED, MAP_NARROWED, MAP_OPEN, MAP_KINDS };
enum map_kind_of_change { MAP_SAME, MAP_MORE, MAP_LESS, MAP_OTHER };

struct map_cell {
	const char *name, *group;
	uint8_t kind, change;		/* enum map_kind, enum map_kind_of_change */
	bool could, was_closed;		/* the code can reach it, no run made it; the older policy did not let it through */
	const struct report_call *seen; /* or NULL */
	const struct danger *danger;	/* the gravest that is let through, or NULL */
};

struct map_change {
	const char *syscall;
	bool opened; /* it became possible; otherwise it is no longer */
	char *words;
};

struct map {
	enum arch arch;
	VEC(struct map_cell) cells; /* by group (abi_groups), then name */
	VEC(struct map_change) changes;
};

struct map_counts {
	size_t kinds[MAP_KINDS], added, dangerous, could, changed;
};

/* Fills *out for a report that has a policy. Returns 0 or a negative code; clear *out in either case. */
int map_make(const struct report *r, enum arch arch, struct map *out, struct error *e);
void map_clear(struct map *m);
void map_count(const struct map_cell *cells, size_t n, struct map_counts *out);

/* icicle.c: the stacks of all facts as one tree. ------------------------------------------------------------------ */

enum { ICICLE_DEPTH = 40, ICICLE_COLOURS = 6 };

struct icicle_node {
	uint32_t frame;			/* position among the profile's frames; not for a call */
	const struct report_call *call; /* the system call, at the end of a stack; otherwise NULL */
	size_t facts;			/* how many stacks of facts come through it */
	size_t depth, first, next;	/* first child and next sibling; 0: none */
};

struct icicle {
	const struct profile *profile;
	VEC(struct icicle_node) nodes; /* the first is the root, which is no function */
	uint32_t modules[ICICLE_COLOURS]; /* the files with a colour, those with most first */
	size_t colours;
	bool cut; /* frames in the middle of a deep stack are left out */
};

/* Fills *out. Returns 0 or ERR_MEMORY; clear *out in either case. */
int icicle_make(const struct report *r, struct icicle *out, struct error *e);
void icicle_clear(struct icicle *t);

/* Returns the colour of a function's file: its place in `modules`, or ICICLE_COLOURS for others. */
size_t icicle_colour(const struct icicle *t, const struct icicle_node *n);

/* page/curve.c: the frame of a curve. ------------------------------------------------------------------------------ */

struct chart {
	double left, right, low, high, step; /* the values at the edges, and between two labels of the upright axis */
};

/* Makes the frame for values between these, with an upright axis from near the lowest. */
struct chart chart_make(double left, double right, double low, double high);
double chart_x(const struct chart *c, double x);
double chart_y(const struct chart *c, double y);

/* Append the beginning of the figure (`name`: what the upright axis counts; `label`: the id of the
 * sentence that it stands for); a dot, whose title and </title></path> the caller adds; the end of
 * the drawing, after which a caption and </figure> follow. No text from outside. */
void chart_begin(const struct chart *c, const char *name, const char *label, struct text *out);
void chart_dot(const struct chart *c, double x, double y, struct text *out);
void chart_end(const char *left, const char *right, struct text *out);

/* Files that are built into the command (assets.c). */
struct asset {
	const char *bytes;
	size_t count;
};
struct asset asset_style(void), asset_script(void), asset_docker(void);

/* Hashes of style and script, in the form of a Content-Security-Policy. */
extern const char style_hash[], script_hash[];

/* The page's parts: html_*.c. ----------------------------------------------------------------------------------- */

/* Returns whether the page leaves out row i of n: the middle rows beyond PAGE_ROWS. */
bool html_is_left_out(size_t i, size_t n);

extern const char *const level_words[3]; /* classes of the style, by enum danger_level */

/* Appends "run 3 (its label)", escaped. */
void html_run_name(const struct report *r, size_t run, struct text *out);

/* Appends the id of a call's rows: "c-openat", "c-i386-openat". */
void html_call_id(const struct report_call *c, struct text *out);

void html_answer(const struct report *r, const struct comparisons *c, struct text *out);
void html_map(const struct report *r, struct text *out); /* adds nothing if there is no policy */
void html_who(struct report *r, struct text *out); /* adds nothing if no stack is known; sets which calls are drawn */
/* Adds a link to the call's first box in the drawing of stacks; nothing if it has none. */
void html_stacks_link(const struct report_call *c, struct text *out);
void html_taught(const struct report *r, struct text *out);
void html_estimates(const struct report *r, struct text *out); /* adds nothing if there is no estimate */
void html_record(const struct report *r, struct text *out); /* runs and programs */
void html_confidence(const struct report *r, struct text *out);
void html_discovery(const struct report *r, struct text *out);
void html_comparison(const struct report *r, const struct comparisons *c, struct text *out);
void html_unseen(const struct report *r, struct text *out); /* adds nothing if the reach is unknown */
void html_calls(const struct report *r, struct text *out);

/* Appends the format, with each argument of %s escaped. Knows no other conversion. */
void html_add(struct text *out, const char *format, ...);

#endif
