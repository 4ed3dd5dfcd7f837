/* A growing array of any type. SPDX-License-Identifier: MIT */
#include "policies/base/vector.h"

#include <stdint.h>
#include <stdlib.h>

bool vec_grow(void **items, size_t *capacity, size_t count, size_t extra, size_t size)
{
	if (extra <= *capacity - count)
		return true;
	size_t wanted = *capacity < 8 ? 8 : *capacity * 2;
	if (extra > SIZE_MAX / 2 - count)
		return false;
	if (wanted < count + extra)
		wanted = count + extra;
	void *grown = reallocarray(*items, wanted, size);
	if (grown == NULL)
		return false;
	*items = grown;
	*capacity = wanted;
	return true;
}

void vec_release(void **items, size_t *count, size_t *capacity)
{
	free(*items);
	*items = NULL;
	*count = *capacity = 0;
}
