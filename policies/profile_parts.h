/* The inside of a profile, for the files that make up its module. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_PROFILE_PARTS_H
#define PINHOLE_PROFILE_PARTS_H

#include "base/index.h"
#include "profile.h"

/* The facts of one call, phase, architecture and set of recorded arguments: what is widened together. */
struct fact_group {
	struct fact_key key; /* its values do not count */
	size_t facts;        /* how many distinct ones */
	size_t wide;         /* position of the wide fact, or SIZE_MAX */
};

struct profile {
	VEC(struct run) runs;
	VEC(struct program) programs;
	VEC(struct fact) facts;
	VEC(struct fact_group) groups;
	struct index fact_index, group_index;
};

static inline const char *null_as_empty(const char *s)
{
	return s != NULL ? s : "";
}

void run_clear(struct run *run);
void fact_clear(struct fact *f);

/* Adds a program to a fact's ascending list. false: no memory. */
bool fact_add_program(struct fact *f, uint32_t program);

/* The count of a run in a fact's ascending list, added as 0 if new. NULL: no memory. */
struct fact_run *fact_run_of(struct fact *f, uint32_t run);

/* A wide fact that stands for nothing yet, and one that takes the values of another fact in. */
struct fact fact_wide_new(const struct fact_key *key);
void fact_widen(struct fact *wide, const struct fact *f);

/* Joins an outcome (with its n errno values) to a fact's. false: no memory. */
bool fact_join_outcome(struct fact *into, uint8_t outcome, const uint16_t *failed, size_t n);

/* Adds the programs, counts and outcome of f to another fact. false: no memory. */
bool fact_absorb(struct fact *into, const struct fact *f);

/* Makes one wide fact of each group with more facts than the cap: a file may hold them one by one. false: no memory. */
bool profile_widen(struct profile *p);

/* Rebuilds the indexes after the facts were moved. false: no memory. */
bool profile_reindex(struct profile *p);

#endif
