/* Holds the estimates against models whose truth is known, and writes the table of README.md. SPDX-License-Identifier:
 * MIT */
#include <stdio.h>

#include "models.h"

int main(void)
{
	static const size_t runs[] = {10, 20, 40, 80};
	printf(
	    "| model | runs | unseen facts: true | estimated | mean error | in the interval | chance of news: true | "
	    "estimated | mean error | in the interval | from the row alone: estimated | mean error | below the upper "
	    "end |\n"
	    "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n");
	for (size_t i = 0; i < MODELS; i++)
		for (size_t k = 0; k < sizeof(runs) / sizeof(runs[0]); k++) {
			struct model m;
			struct score s;
			if (!model_score(models[i], runs[k], ROUNDS_MAX, &m, &s))
				return 2;
			printf("| %s | %zu | %.1f | %.1f | %.1f | %.0f %% | %.2f | %.2f | %.2f | %.0f %% | %.2f | %.2f "
			       "| %.0f %% |\n",
			       m.name, runs[k], s.unseen_true, s.unseen, s.unseen_error, 100 * s.unseen_covered,
			       s.news_true, s.news, s.news_error, 100 * s.news_covered, s.row, s.row_error,
			       100 * s.row_below);
		}
	return 0;
}
