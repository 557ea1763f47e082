/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The code that both SHA-256 engines with vector instructions for SHA-256 share; for assembler.
 *
 * The instructions work on element groups of four words, of which one message fills one, whatever
 * VLEN is. Macros take registers by number: assemblers that do not know Zvknha and Zvkb (GNU's
 * before 2.42) get those instructions through .insn, whose operands are never vector registers.
 */
/* clang-format off */

	/* vsha2ms.vv, vsha2ch.vv, vsha2cl.vv (Zvknha, Zvknhb): opcode OP-VE, OPMVV, unmasked, funct6
	 * 101101, 101110, 101111. */
	.macro	vsha2ms vd, vs2, vs1
	.insn	r 0x77, 2, 0x5b, x\vd, x\vs1, x\vs2
	.endm
	.macro	vsha2ch vd, vs2, vs1
	.insn	r 0x77, 2, 0x5d, x\vd, x\vs1, x\vs2
	.endm
	.macro	vsha2cl vd, vs2, vs1
	.insn	r 0x77, 2, 0x5f, x\vd, x\vs1, x\vs2
	.endm

	/* vrev8.v (Zvkb): opcode OP-V, OPMVV, unmasked, funct6 010010, vs1 01001. */
	.macro	vrev8 vd, vs2
	.insn	r 0x57, 2, 0x25, x\vd, x9, x\vs2
	.endm

	/*
	 * Four rounds: state_1 (h, g, d, c) and state_0 (f, e, b, a) after them are what they were
	 * called before, each having been the other's in between. Needs sum, the words and their
	 * constants.
	 */
	.macro	rounds sum, state_0, state_1
	vsha2cl \state_1, \state_0, \sum
	vsha2ch \state_0, \state_1, \sum
	.endm

	/* In the place of words 0 to 3 words 16 to 19, from 4 to 7, 8 to 11 and 12 to 15. The
	 * instruction wants word 4 beside 9 to 11; v0 chooses the first of each group. */
	.macro	make_words words, words_4, words_8, words_12, work
	vmerge.vvm v\work, v\words_8, v\words_4, v0
	vsha2ms \words, \work, \words_12
	.endm
