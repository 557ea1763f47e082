/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * SHA-256 with Zknh (sha256sum0 and the like, which are the sigmas of FIPS 180-4) and Zbb (rev8):
 * 20.7 instructions a byte.
 */
#include "sha256_scalar.h"

	.macro	round offset, a, b, c, d, e, f, g, h, both, next, word
	lw	\next, \offset(CONSTANTS)
	sha256sum1 WORK_2, \e
	add	\h, \h, \word
	add	\h, \h, WORK_2
	sha256sum0 WORK_2, \a
	add	\h, \h, \next
	xor	\next, \f, \g
	and	\next, \next, \e
	xor	\next, \next, \g
	add	\h, \h, \next
	xor	\next, \a, \b
	and	\both, \both, \next
	add	\d, \d, \h
	xor	\both, \both, \b
	add	\h, \h, WORK_2
	add	\h, \h, \both
	.endm

	.macro	make_word word, word_15, word_7, word_2, x, y
	sha256sig0 \x, \word_15
	sha256sig1 \y, \word_2
	add	\word, \word, \word_7
	add	\x, \x, \y
	add	\word, \word, \x
	.endm

	sha256_scalar sha256_riscv64_zknh
