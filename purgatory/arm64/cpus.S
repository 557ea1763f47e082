/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The other CPUs on arm64, from PSCI's CPU_ON to CPU_OFF.
 *
 * Entered by firmware at arm64_cpu_entry, at the physical address, with x0 = the index of the CPU
 * among purgatory_cpus_ids; at EL1, or at EL2, without E2H unless the CPU has nothing else; MMU and
 * caches off, all exceptions masked (Arm DEN 0022, "Initial core configuration"). What it reads until
 * the MMU is on was verified and cleaned to memory by the first CPU: text, read-only data and tables.
 * It writes nothing with the MMU off. It ends in CPU_OFF on every way.
 *
 * Registers: those of mmu.S, and
 *   x27          the index
 *   TPIDR_EL1    0, or what a trial needs (vectors.S)
 *   TPIDR_EL0    STARTED_BIT and what follows it (registers.h)
 *   TPIDRRO_EL0  the size of a line of the data caches (cache.S)
 */
#include "cpus.h"
#include "registers.h"

#define PSCI_CPU_OFF 0x84000002
#define RESET_HVC    2 /* PURGATORY_RESET_PSCI_HVC */

	.section .text.cpus, "ax", %progbits	/* PURGATORY_CPUS_TEXT_SECTION */
	.global	arm64_cpu_entry
	.type	arm64_cpu_entry, %function
	.balign	4
arm64_cpu_entry:			/* off */
	msr	daifset, #0xf
	msr	spsel, #1
	find_regime x20
	adr	x9, purgatory_vectors
	write_el vbar, x9
	msr	tpidr_el1, xzr
	mov	x9, #1 << STARTED_BIT
	bfi	x9, x0, #STARTED_INDEX_BIT, #STARTED_INDEX_WIDTH
	msr	tpidr_el0, x9
	isb
	mov	x27, x0

	/* Firmware may have started another CPU than it was asked to. */
	cmp	x27, #CPUS_MAX
	b.hs	arm64_cpu_off
	adr	x9, purgatory_cpus_ids
	ldr	x9, [x9, x27, lsl #3]
	mrs	x11, mpidr_el1
	and	x10, x11, #0xff00000000		/* Aff3 */
	bfi	x10, x11, #0, #24		/* Aff2 to Aff0 */
	cmp	x9, x10
	b.ne	arm64_cpu_off

	bl	arm64_find_line_size
	enable_simd x29
	read_el	x19, sctlr
	bl	arm64_mmu_save			/* TCR2 */
	mov	x21, xzr
	bl	arm64_invalidate_icache
	adr	x28, 1f
	b	arm64_mmu_on_started

1:	ldr	x9, purgatory_cpus_stacks	/* identity */
	mov	x10, #CPU_STACK_STRIDE
	madd	x9, x27, x10, x9
	add	x9, x9, x10
	mov	sp, x9
	mov	x29, xzr
	mov	x0, x27
	bl	cpus_work

arm64_cpu_off:				/* off or identity */
	dsb	sy
	mov	x0, #PSCI_CPU_OFF & 0xffff
	movk	x0, #PSCI_CPU_OFF >> 16, lsl #16
	ldr	w9, purgatory_reset_method
	cmp	w9, #RESET_HVC
	b.eq	1f
	smc	#0
	b	2f
1:	hvc	#0
2:	wfi					/* firmware refuses; the first CPU will find out */
	b	2b
	.size	arm64_cpu_entry, . - arm64_cpu_entry

/*
 * An exception of a CPU that was started, from vectors.S: x24 is TPIDR_EL0. It leaves, so that the
 * first CPU does its work. An exception in here comes back and turns the CPU off at once.
 */
	.global	arm64_cpu_faults
	.type	arm64_cpu_faults, %function
arm64_cpu_faults:			/* off or identity */
	tbnz	x24, #STARTED_FAULTED_BIT, arm64_cpu_off
	orr	x9, x24, #1 << STARTED_FAULTED_BIT
	msr	tpidr_el0, x9
	isb
	read_el	x9, sctlr
	tbz	x9, #0, arm64_cpu_off		/* MMU off */
	ldr	x9, purgatory_cpus_address
	ubfx	x10, x24, #STARTED_INDEX_BIT, #STARTED_INDEX_WIDTH
	add	x9, x9, x10, lsl #CPU_LINE_BITS
	add	x9, x9, #CPU_LINE_SIZE
	mov	w10, #CPU_STAGE_LEFT
	stlr	w10, [x9]
	b	arm64_cpu_off
	.size	arm64_cpu_faults, . - arm64_cpu_faults

	.section .note.GNU-stack, "", %progbits
