/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * SHA-256 with Zbb (roriw, rev8): 34.7 instructions a byte. What is computed side by side alternates,
 * for cores that issue two instructions a cycle in order.
 */
#include "sha256_scalar.h"

	/* Sums of three rotations take two other ones: rotation by 6, 11 and 25 is
	 * ror(x ^ ror(x ^ ror(x, 14), 5), 6). */
	.macro	round offset, a, b, c, d, e, f, g, h, both, next, word
	lw	\next, \offset(CONSTANTS)
	roriw	WORK_2, \e, 14
	add	\h, \h, \word
	xor	WORK_2, WORK_2, \e
	add	\h, \h, \next
	roriw	WORK_2, WORK_2, 5
	xor	\next, \f, \g
	xor	WORK_2, WORK_2, \e
	and	\next, \next, \e
	roriw	WORK_2, WORK_2, 6
	xor	\next, \next, \g
	add	\h, \h, WORK_2
	roriw	WORK_2, \a, 9
	add	\h, \h, \next
	xor	\next, \a, \b
	xor	WORK_2, WORK_2, \a
	and	\both, \both, \next
	roriw	WORK_2, WORK_2, 11
	add	\d, \d, \h
	xor	WORK_2, WORK_2, \a
	xor	\both, \both, \b
	roriw	WORK_2, WORK_2, 2
	add	\h, \h, \both
	add	\h, \h, WORK_2
	.endm

	.macro	make_word word, word_15, word_7, word_2, x, y
	roriw	\x, \word_15, 11
	srliw	\y, \word_15, 3
	xor	\x, \x, \word_15
	add	\word, \word, \word_7
	roriw	\x, \x, 7
	xor	\x, \x, \y
	roriw	\y, \word_2, 2
	add	\word, \word, \x
	xor	\y, \y, \word_2
	srliw	\x, \word_2, 10
	roriw	\y, \y, 17
	xor	\y, \y, \x
	add	\word, \word, \y
	.endm

	sha256_scalar sha256_riscv64_zbb
