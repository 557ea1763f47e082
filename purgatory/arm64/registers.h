/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * System registers: fields (Arm DDI 0487, D24), and access to those that exist at EL1 and at EL2.
 *
 * Purgatory knows two regimes of address translation, by which it names registers and descriptors:
 *   REGIME_TWO_RANGES  EL1, and EL2 with HCR_EL2.E2H, where the *_EL1 names mean EL2's registers
 *   REGIME_ONE_RANGE   EL2 without E2H: no TTBR1, a TCR of its own layout, other permission bits
 * Their numbers are those of the sets of page tables, enum purgatory_tables.
 */
#ifndef PURGATORY_ARM64_REGISTERS_H
#define PURGATORY_ARM64_REGISTERS_H

#define REGIME_TWO_RANGES 0
#define REGIME_ONE_RANGE  1

/* PURGATORY_TABLES_HIGH, the set for TTBR1, as a number for assembler. */
#define TABLES_HIGH 2

/* PURGATORY_TABLES_SIZE_MAX and MANIFEST_SIZE_MAX for assembler, as powers of two. */
#define TABLES_SIZE_MAX_BITS   20
#define MANIFEST_SIZE_MAX_BITS 26

/* The bits of purgatory_cpu_features, for assembler. */
#define CPU_SME_BIT  0 /* PURGATORY_CPU_SME */
#define CPU_TCR2_BIT 1 /* PURGATORY_CPU_TCR2 */

#define CURRENT_EL2 (2 << 2) /* CurrentEL at EL2 */
#define HCR_E2H_BIT 34

/* SCTLR_EL1 and SCTLR_EL2. */
#define SCTLR_M (1 << 0)  /* MMU on */
#define SCTLR_C (1 << 2)  /* data accesses may be cached */
#define SCTLR_I (1 << 12) /* instruction fetches may be cached, with the MMU off too */

#define ISR_A	    (1 << 8) /* ISR_EL1, and TPIDR_EL0 below: an SError is pending */
#define ISR_MISSING (1 << 7) /* TPIDR_EL0: ISR_EL1 is not there to be read */

/*
 * The registers that trap SIMD: CPACR_EL1, and at EL2 CPTR_EL2, which has the same layout only with
 * E2H.
 */
#define CPACR_FPEN   (3 << 20)
#define CPACR_SMEN   (3 << 24) /* with SME */
#define CPTR_EL2_TFP (1 << 10)
#define CPTR_EL2_TSM (1 << 12) /* with SME, else RES1 */

/* TCR, both layouts: the range of TTBR0. T0SZ, the lowest bits, is 64 - the bits translated. */
#define TCR_T0SZ_WIDTH	6
#define TCR_EPD0	(1 << 7) /* no walks of TTBR0; TCR_EL1 alone */
#define TCR_WALK0_BIT	8	 /* IRGN0, ORGN0, SH0 and TG0, in this order */
#define TCR_WALK0_WIDTH 8
#define TCR_WALK0	0x35 /* walks are Normal WB WA, inner shareable; 4 KiB granule */

/* TCR_EL1: the range of TTBR1. */
#define TCR_T1SZ_BIT  16
#define TCR_EPD1_BIT  23
#define TCR_WALK1_BIT 24
#define TCR_WALK1     0xb5 /* the same; TG1 has another code for 4 KiB */
#define TCR_IPS_BIT   32
#define TCR_DS_BIT    59 /* 52-bit addresses, and descriptors of another format */

/* TCR_EL2 without E2H. */
#define TCR_EL2_PS_BIT 16
#define TCR_EL2_RES1   (1 << 31 | 1 << 23)

/* PARange, the lowest four bits of ID_AA64MMFR0_EL1, is a value for IPS. */
#define PARANGE_48_BITS 5

/* TGran4 in ID_AA64MMFR0_EL1. */
#define TGRAN4_BIT     28
#define TGRAN4_MISSING 0xf

/* Fields of 4 bits that say which instructions there are. */
#define ID_AA64PFR0_ADVSIMD_BIT 20
#define ADVSIMD_MISSING		0xf
#define ID_AA64ISAR0_SHA2_BIT	12
#define ID_AA64PFR1_SME_BIT	24

/* The vector of a synchronous exception of the level that purgatory runs at, with its SP. */
#define VECTOR_SYNCHRONOUS 4

/*
 * ESR: the class of an exception, and the classes of undefined and of trapped instructions:
 * unknown, SIMD, SME.
 */
#define ESR_EC_BIT     26
#define ESR_EC_WIDTH   6
#define ESR_EC_MISSING (1 << 0x00 | 1 << 0x07 | 1 << 0x1d)

/*
 * MAIR: attribute 0 is Normal WB, 2 is Normal Non-cacheable, 4 is Device-nGnRE, as in Linux; all
 * others Device-nGnRnE, which is 3 in Linux.
 */
#define MAIR_NORMAL	   0xff
#define MAIR_NON_CACHEABLE 0x44
#define MAIR_DEVICE	   0x04

/* Registers that assemblers may not know by name. */
#define ID_AA64MMFR3_EL1 S3_0_C0_C7_3
#define TCR2_EL1	 S3_0_C2_C0_3
#define TCR2_EL2	 S3_4_C2_C0_3

/*
 * The features that Linux sets in TCR2 (arch/arm64/mm/proc.S, arch/arm64/kernel/cpufeature.c), as
 * fields of ID registers. A CPU with one of them has TCR2 too: permission indirection and overlays,
 * in ID_AA64MMFR3_EL1, and the access flag of tables, HAFDBS in ID_AA64MMFR1_EL1.
 */
#define MMFR3_S1PIE  (0xf << 8)
#define MMFR3_S1POE  (0xf << 16)
#define MMFR1_HAFDBS 0xf
#define HAFDBS_HAFT  4

/* Stands for the value of TCR2 where it is not to be touched. Several of its bits are RES0. */
#define TCR2_UNTOUCHED -1

/*
 * Values of TPIDR_EL1 while an instruction is tried that the CPU may lack: TRIAL_SKIP for one that
 * is then skipped. Each is more than FAULT_COUNT_MAX of stop.h and less than any address of the
 * stack, which stands for the trial of an engine (try_engine.S).
 */
#define TRIAL_SKIP 16

/*
 * TPIDR_EL0: the number of the SHA-256 engine in use, ISR_A or ISR_MISSING of the entry, and
 * when purgatory has nothing left to do one of the two others: the next kernel is about to run, or
 * has run and taken an exception before it had vectors of its own.
 */
#define ENGINE_MASK	   0x7f
#define NEXT_KERNEL_RUNS   (1 << 9)
#define NEXT_KERNEL_FAULTS (3 << 9)

/*
 * TPIDR_EL0 of a CPU that purgatory has started has these instead: STARTED, its index, and after a
 * fault FAULTED.
 */
#define STARTED_BIT	    11
#define STARTED_FAULTED_BIT 12
#define STARTED_INDEX_BIT   16
#define STARTED_INDEX_WIDTH 8

/* Assembler. */
/* clang-format off */
#ifdef __ASSEMBLER__

	/* Set \regime; clobbers x9. */
	.macro	find_regime regime
	mov	\regime, #REGIME_TWO_RANGES
	mrs	x9, CurrentEL
	cmp	x9, #CURRENT_EL2
	b.ne	.Lregime_\@
	mrs	x9, hcr_el2
	tbnz	x9, #HCR_E2H_BIT, .Lregime_\@
	mov	\regime, #REGIME_ONE_RANGE
.Lregime_\@:
	.endm

	/*
	 * Set \register to the physical address of purgatory_start, for whoever runs at the kernel
	 * VA. kexec patched it three times (include/purgatory.h). The lowest 12 bits are the PC's, as
	 * a linear map has whole pages. Clobbers \scratch.
	 */
	.macro	find_physical register, scratch
	ldr	\register, purgatory_address
	ldr	\scratch, purgatory_address_third
	cmp	\register, \scratch
	ccmp	\register, #0, #4, eq		/* 4: Z, as if it were 0 */
	ldr	\scratch, purgatory_address_second
	csel	\register, \scratch, \register, eq
	adr	\scratch, purgatory_start
	bfi	\register, \scratch, #0, #12
	.endm

	/* Read or write the register \name, for instance "tcr", of the regime in x20. */
	.macro	read_el register, name
	cbnz	x20, .Lread_el2_\@
	mrs	\register, \name\()_el1
	b	.Lread_\@
.Lread_el2_\@:
	mrs	\register, \name\()_el2
.Lread_\@:
	.endm

	.macro	write_el name, register
	cbnz	x20, .Lwrite_el2_\@
	msr	\name\()_el1, \register
	b	.Lwrite_\@
.Lwrite_el2_\@:
	msr	\name\()_el2, \register
.Lwrite_\@:
	.endm

	/*
	 * Begin and end a trial, in which instructions that the CPU lacks, or that the level above
	 * has it lack, are skipped (vectors.S). For entry.S, before it has found what is kept: such
	 * an instruction clobbers x9, x10, x22 and x23, and sets x26 to TCR2_UNTOUCHED. The macro
	 * itself clobbers x9.
	 */
	.macro	begin_trial
	mov	x9, #TRIAL_SKIP
	msr	tpidr_el1, x9
	.endm

	.macro	end_trial
	msr	tpidr_el1, xzr
	.endm

	/*
	 * Let SIMD be used; set \saved to what restore_simd takes. If the old kernel uses SME, a crash
	 * may have stopped a program in streaming mode, which does without most of SIMD, with ZA's
	 * storage on: both are ended for good. Clobbers x9, x10, and what a trial does.
	 */
	.macro	enable_simd saved
	ldr	w10, purgatory_cpu_features
	tbz	w10, #CPU_SME_BIT, .Lsme_known_\@
	mrs	x9, id_aa64pfr1_el1
	tst	x9, #0xf << ID_AA64PFR1_SME_BIT
	b.ne	.Lsme_known_\@
	mov	w10, wzr			/* this CPU has none, whatever others have */
.Lsme_known_\@:
	cbnz	x20, .Lenable_el2_\@
	mrs	\saved, cpacr_el1
	orr	x9, \saved, #CPACR_FPEN
	tbz	w10, #CPU_SME_BIT, .Lenable_el1_\@
	orr	x9, x9, #CPACR_SMEN
.Lenable_el1_\@:
	msr	cpacr_el1, x9
	b	.Lenabled_\@
.Lenable_el2_\@:
	mrs	\saved, cptr_el2
	bic	x9, \saved, #CPTR_EL2_TFP
	tbz	w10, #CPU_SME_BIT, .Lenable_plain_\@
	bic	x9, x9, #CPTR_EL2_TSM
.Lenable_plain_\@:
	msr	cptr_el2, x9
.Lenabled_\@:
	isb
	tbz	w10, #CPU_SME_BIT, .Lno_sme_\@
	begin_trial
	.inst	0xd503467f			/* smstop */
	end_trial
.Lno_sme_\@:
	.endm

	/* Have SIMD trapped as before. An ISB must follow. */
	.macro	restore_simd saved
	cbnz	x20, .Lrestore_el2_\@
	msr	cpacr_el1, \saved
	b	.Lrestore_\@
.Lrestore_el2_\@:
	msr	cptr_el2, \saved
.Lrestore_\@:
	.endm

#endif
#endif
