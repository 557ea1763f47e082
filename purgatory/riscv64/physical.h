/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Assembler: where purgatory is in physical memory.
 */
#ifndef PURGATORY_RISCV64_PHYSICAL_H
#define PURGATORY_RISCV64_PHYSICAL_H

/* clang-format off */

	/*
	 * Set \register to the physical address of purgatory_start, for whoever runs at the kernel
	 * VA. kexec patched it three times (include/purgatory.h). The lowest 12 bits are the PC's, as
	 * a linear map has whole pages. Clobbers \scratch.
	 */
	.macro	find_physical register, scratch
	ld	\register, purgatory_address
	ld	\scratch, purgatory_address_third
	bne	\register, \scratch, .Lsecond_\@
	bnez	\register, .Lfound_\@
.Lsecond_\@:
	ld	\register, purgatory_address_second
.Lfound_\@:
	srli	\register, \register, 12
	slli	\register, \register, 12
	lla	\scratch, purgatory_start
	slli	\scratch, \scratch, 52
	srli	\scratch, \scratch, 52
	or	\register, \register, \scratch
	.endm

#endif
