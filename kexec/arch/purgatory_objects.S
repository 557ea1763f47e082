/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The purgatory objects, embedded as read-only data; declared in purgatory_objects.h.
 *
 * HAVE_PURGATORY_ARM64 and HAVE_PURGATORY_RISCV64 say which were built. Their paths are relative to
 * the directory in which the assembler runs, the top of the build tree, or to its search path.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

	.section .rodata, "a", %progbits

	/* libelf reads in place what is aligned as in a file, and copies what is not */
	.balign	16
	.globl	purgatory_arm64_start
	.hidden	purgatory_arm64_start
purgatory_arm64_start:
#ifdef HAVE_PURGATORY_ARM64
	.incbin	"purgatory/purgatory-arm64.o"
#endif
	.globl	purgatory_arm64_end
	.hidden	purgatory_arm64_end
purgatory_arm64_end:

	.balign	16
	.globl	purgatory_riscv64_start
	.hidden	purgatory_riscv64_start
purgatory_riscv64_start:
#ifdef HAVE_PURGATORY_RISCV64
	.incbin	"purgatory/purgatory-riscv64.o"
#endif
	.globl	purgatory_riscv64_end
	.hidden	purgatory_riscv64_end
purgatory_riscv64_end:

	.section .note.GNU-stack, "", %progbits
