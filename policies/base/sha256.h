/* SHA-256 (FIPS 180-4): names content so that nobody can make other content of the same name.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_BASE_SHA256_H
#define PINHOLE_POLICIES_BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

struct sha256 {
	uint32_t state[8];
	uint64_t bytes;	   /* added so far */
	uint8_t block[64]; /* the last bytes, which do not fill a block yet */
};

struct sha256 sha256_new(void);

void sha256_add(struct sha256 *s, const void *bytes, size_t n);

/* Ends the hash: nothing can be added afterwards. */
void sha256_end(struct sha256 *s, uint8_t digest[32]);

#endif
