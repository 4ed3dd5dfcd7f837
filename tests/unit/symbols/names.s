# Every case of a name. Offsets are said by test_symbols. SPDX-License-Identifier: MIT
	.text
	.macro function name, size
	.type \name, STT_FUNC
	.size \name, \size
\name:
	.endm

# 0x00: of all these the first in byte order of the shortest global ones without an underscore.
	.globl bbb, aaa, cccc, _u
	.weak w
	function w, 16
	function cccc, 16
	function bbb, 16
	function _u, 16
	function local_one, 16
	function aaa, 16
	.skip 16
# 0x10: weak before local; a label is another name for a function.
	.weak weak_one
	function l, 16
weak_one:
	.skip 16
# 0x20: inner and o_8 are within outer; a label within is none.
	.globl outer, inner, o_8
	function outer, 48
	function o_8, 8
	.skip 16
	function inner, 16
	.skip 4
label_within:
	.skip 28
# 0x50: crossing ones: the later wins.
	.globl first, second
	function first, 16
	.skip 8
	function second, 16
	.skip 16
# 0x68: nothing.
	.skip 8
# 0x70: labels.
	.globl label_a
label_a:
	.skip 8
label_b:
	.skip 8
# 0x80: demangled.
	.globl _ZN3foo3barEi, _ZN4core3fmt5Write9write_fmt17h0123456789abcdefE, _RNvC7mycrate3baz
	.globl _ZNSt6vectorIiSaIiEE9push_backERKi, _RNvNtC3one3twoQ
	function _ZN3foo3barEi, 4
	.skip 4
	function _ZN4core3fmt5Write9write_fmt17h0123456789abcdefE, 4
	.skip 4
	function _RNvC7mycrate3baz, 4
	.skip 4
	function _ZNSt6vectorIiSaIiEE9push_backERKi, 4
	.skip 4
	function _RNvNtC3one3twoQ, 4
	.skip 4
# 0x94: a version of a name, and what no programmer writes.
	.globl versioned
	function versioned, 4
	.skip 4
	.symver versioned, shortened@@V1
	.type "with space", STT_FUNC
	.size "with space", 4
"with space":
	.skip 4
	.data
	.skip 16
data_label:
	.skip 16
