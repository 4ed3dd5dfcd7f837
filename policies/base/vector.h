/* A growing array of any type, and the search in a sorted one. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_BASE_VECTOR_H
#define PINHOLE_POLICIES_BASE_VECTOR_H

#include <stdbool.h>
#include <stddef.h>

/* VEC(struct fact) facts; declares one. All zero is an empty vector; items may be read directly. */
#define VEC(type)                                                                                                      \
	struct {                                                                                                       \
		type *items;                                                                                           \
		size_t count, capacity;                                                                                \
	}

/* Makes room for `extra` more items. false: no memory; the vector is as it was. */
#define vec_reserve(v, extra)                                                                                          \
	vec_grow((void **)&(v)->items, &(v)->capacity, (v)->count, (extra), sizeof(*(v)->items))

/* Appends a copy of the value. false: no memory; the vector is as it was. */
#define vec_push(v, ...) (vec_reserve((v), 1) ? ((v)->items[(v)->count++] = (__VA_ARGS__), true) : false)

/* Frees the items (not what they own) and leaves an empty vector. */
#define vec_free(v) vec_release((void **)&(v)->items, &(v)->count, &(v)->capacity)

/* Searches n sorted items: returns the position of the first one for which BEFORE does not hold, or n. BEFORE is an expression about
 * the item at position `at`. */
#define sorted_first(at, n, ...)                                                                                       \
	({                                                                                                             \
		size_t low_ = 0, high_ = (n);                                                                          \
		while (low_ < high_) {                                                                                 \
			size_t at = low_ + (high_ - low_) / 2;                                                         \
			if (__VA_ARGS__)                                                                               \
				low_ = at + 1;                                                                         \
			else                                                                                           \
				high_ = at;                                                                            \
		}                                                                                                      \
		low_;                                                                                                  \
	})

bool vec_grow(void **items, size_t *capacity, size_t count, size_t extra, size_t size);
void vec_release(void **items, size_t *count, size_t *capacity);

#endif
