/* How the tables of named values are written; for policies/abi/names*.c only. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_ABI_NAMES_MACROS_H
#define PINHOLE_POLICIES_ABI_NAMES_MACROS_H

#include "policies/abi/names/names.h"

/* clang-format off */
#define BIT_X86_64  ARCH_BIT(ARCH_X86_64)
#define BIT_I386    ARCH_BIT(ARCH_I386)
#define BIT_AARCH64 ARCH_BIT(ARCH_AARCH64)
#define X86         (BIT_X86_64 | BIT_I386)
#define BITS64      (BIT_X86_64 | BIT_AARCH64)

/* One of a list; a flag of one bit or several; one value of a field of bits; another name for a value. The _ON forms
 * are for some architectures only. */
#define VALUE_ON(on, n, v)    {#n, (uint64_t)(v), UINT64_MAX, on}
#define BITS_ON(on, n, v)     {#n, v, v, on}
#define FIELD_ON(on, n, v, m) {#n, v, m, on}
#define ALIAS_ON(on, n, v)    {#n, (uint64_t)(v), 0, on}
#define VALUE(n, v)           {#n, (uint64_t)(v), UINT64_MAX, ARCH_ALL}
#define BITS(n, v)            {#n, v, v, ARCH_ALL}
#define FIELD(n, v, m)        {#n, v, m, ARCH_ALL}
#define ALIAS(n, v)           {#n, (uint64_t)(v), 0, ARCH_ALL}

/* The set of the table `id`, which is static in the same file. */
#define SET_DEFINE(id, title) const struct name_set abi_set_##id = {title, id, sizeof(id) / sizeof(id[0])};
/* clang-format on */

#endif
