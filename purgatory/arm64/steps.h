/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Steps that a test can leave out: on the way to the next kernel each maintenance of caches and
 * TLB, with the barriers that belong to it, is written as "step NAME, INSTRUCTION", one
 * instruction, at the symbol step_NAME. tests/coherence replaces it with a NOP and must notice.
 *
 * NAME                   what it is for
 * with the old kernel's MMU or caches on:
 * clean_image_cached     purgatory, as the old kernel wrote it, is what is seen without caches
 * tlb_alias              no translation of the old TTBR0 is left when ours comes into force
 * with MMU and caches off, before they go on:
 * clean_image            no stale line of purgatory hides what is in memory, and none that is
 *                        dirty, from the old kernel or from our time at the kernel VA, is ever
 *                        written back over the stack
 * clean_tables           nor of the page tables, which are hashed uncached and walked cached
 * clean_manifest         nor of the manifest
 * icache_on              no stale line is fetched once the I-cache is on
 * order_stack            what was written to the stack uncached comes before its cleaning; again
 *                        when MMU and caches are off for good
 * clean_stack_on         no line of the stack that instruction prefetch brought in hides what was
 *                        written uncached
 * tlb_on                 no translation of the old tables is left
 * with MMU and caches on:
 * clean_chunk            what the next kernel reads before its caches are on is in memory, and what
 *                        was in memory is what was hashed
 * with MMU and caches off again:
 * clean_stack_off        nothing dirty is left behind
 * order_report           the report is written before it is cleaned
 * clean_report           no stale line of the device tree hides the report
 * icache_off             the next kernel does not fetch lines of ours
 * tlb_off                nor translates with our tables
 */
#ifndef PURGATORY_ARM64_STEPS_H
#define PURGATORY_ARM64_STEPS_H

/* Assembler. */
/* clang-format off */

	.macro	step name, instruction:vararg
step_\name:
	\instruction
	.endm

#endif
