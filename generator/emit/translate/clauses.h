/* The tests of a rule as clauses. Internal to generator/emit/translate/. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_GENERATOR_EMIT_TRANSLATE_CLAUSES_H
#define PINHOLE_GENERATOR_EMIT_TRANSLATE_CLAUSES_H

#include "generator/emit/translate/translate.h"

/* The most clauses of one call: more help nobody, so the call's tests are given up. */
#define CLAUSE_LIMIT 512

enum fit { CLAUSES_ADDED, CLAUSES_TOO_MANY, CLAUSES_NO_MEMORY };

/* Appends clauses of which at least one holds exactly where the alternative does. Appends nothing where they are too many. */
enum fit clauses_add_alternative(const struct alternative *a, const struct syscall_desc *call, enum arch arch,
				 clause_list *out);

bool clause_equal(const struct clause *a, const struct clause *b);
bool clauses_equal(const clause_list *a, const clause_list *b);

/* Moves all clauses of `own` to the end of `all`. Returns false where there is no memory; then some are lost. */
bool clauses_append(clause_list *all, clause_list *own);
void clauses_clear(clause_list *list);

#endif
