/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The symbols of purgatory that kexec patches before it loads it. Both halves include this file:
 * purgatory defines the objects (purgatory/symbols.c), kexec takes names and sizes from the
 * declarations and writes the values with elf_rel_set_symbol().
 *
 * All of them lie in sections that the manifest covers, except for the digests,
 * purgatory_sealed_entry and the numbers of bytes. They lie in PURGATORY_DIGEST_SECTION, which no
 * digest covers. purgatory_self_sum covers them and all of text and rodata, except for the sections
 * of several CPUs.
 */
#ifndef PURGATORY_H
#define PURGATORY_H

#include <stdint.h>

#include "sha256.h"

/*
 * How the patched symbols are declared: volatile, because a compiler must not rely on the values
 * that it sees. purgatory/symbols.c, which defines them, leaves that out, because GCC before 13
 * puts volatile constants into writable sections (https://gcc.gnu.org/PR25521), which the manifest
 * does not cover.
 */
#ifndef PURGATORY_PATCHED
#define PURGATORY_PATCHED const volatile
#endif

/* The name of the symbol at which the old kernel enters purgatory. */
#define PURGATORY_ENTRY_SYMBOL "purgatory_start"

/* The name of the symbol where that begins which purgatory_stop_sum adds up. */
#define PURGATORY_STOP_SYMBOL "purgatory_checked"

/* The name of the page below the stack, which the page tables leave out. */
#define PURGATORY_GUARD_SYMBOL "purgatory_stack_guard"

/* The name of the read-only section of the digests and the like, which the manifest cannot cover.
 */
#define PURGATORY_DIGEST_SECTION ".rodata.digest"

/*
 * The names of the sections that only several CPUs need: code, and read-only data. They are loaded
 * with --cpus alone, as a segment of their own. purgatory_self_sum does not cover them, so that
 * without the option it takes no longer. The manifest does, and purgatory checks its chunks of them
 * before it runs or reads any of it.
 */
#define PURGATORY_CPUS_TEXT_SECTION   ".text.cpus"
#define PURGATORY_CPUS_RODATA_SECTION ".rodata.cpus"

/*
 * How purgatory writes its report; purgatory_console_type. Zero is no value that kexec patches,
 * because it is what lost memory often reads as.
 */
enum purgatory_console {
	PURGATORY_CONSOLE_UNKNOWN, /* not known any more: SBI on riscv64, none on arm64 */
	PURGATORY_CONSOLE_SBI,	   /* riscv64: SBI DBCN, else the legacy putchar */
	PURGATORY_CONSOLE_UART,	   /* as purgatory_console_registers describes it */
	PURGATORY_CONSOLE_NONE,
};

/* What a register of the UART is used for; index of purgatory_console_registers. */
enum purgatory_register_use {
	PURGATORY_REGISTER_DATA, /* takes a character; its mask and value are 0 */
	PURGATORY_REGISTER_ROOM, /* tells whether there is room for one */
	PURGATORY_REGISTER_IDLE, /* tells whether all has been sent */

	/*
	 * Switch the transmitter on, the first one first: the bits of the mask get the value, if
	 * they do not have it. The running kernel's driver may have switched it off.
	 */
	PURGATORY_REGISTER_ENABLE,
	PURGATORY_REGISTER_ENABLE_SECOND,
	PURGATORY_REGISTER_COUNT
};

/*
 * A register of a UART: bytes from purgatory_console_address on, and bytes of an access (1, 2 or
 * 4), to which the sum of both is aligned. It says yes where the bits of the mask have the value.
 * Where the mask is 0 it is not read, and the answer is yes. Mask and value are as this CPU, which
 * is little-endian, reads them: for a big-endian register kexec has swapped them.
 */
struct purgatory_register {
	uint32_t offset;
	uint32_t width;
	uint32_t mask;
	uint32_t value;
};

/*
 * How purgatory asks firmware for a reset; purgatory_reset_method. Zero is no value that kexec
 * patches: purgatory then tries all ways. Assembler has these numbers too.
 */
enum purgatory_reset {
	PURGATORY_RESET_UNKNOWN,
	PURGATORY_RESET_PSCI_SMC,
	PURGATORY_RESET_PSCI_HVC,
	PURGATORY_RESET_SBI,
	PURGATORY_RESET_NONE,
};

/*
 * What purgatory does after it has reported a mismatch; purgatory_mismatch_policy. A fault, and a
 * mismatch after which the next kernel cannot be entered, end in a reset under
 * PURGATORY_POLICY_BOOT too. kexec gives that policy to crash kernels alone.
 */
enum purgatory_policy {
	PURGATORY_POLICY_RESET,
	PURGATORY_POLICY_HALT,
	PURGATORY_POLICY_BOOT, /* enter the next kernel all the same */
};

/*
 * The sets of page tables: one root for each kind of regime. An absent set has size 0.
 *  - LOW maps everything to itself: riscv64's only root, which holds the kernel-VA alias too;
 * arm64's TTBR0 at EL1 and at EL2 with E2H.
 *  - LOW_EL2 is the same for arm64's EL2 without E2H, whose descriptors have other permission bits.
 *  - HIGH is arm64's alias: purgatory alone, at the running kernel's linear map, for TTBR1.
 */
enum purgatory_tables {
	PURGATORY_TABLES_LOW,
	PURGATORY_TABLES_LOW_EL2,
	PURGATORY_TABLES_HIGH,
	PURGATORY_TABLES_COUNT
};

/*
 * Why the MMU stays off; the report names the reason. kexec decides the first ones at load time,
 * purgatory the others.
 */
enum purgatory_mmu_reason {
	PURGATORY_MMU_ON,
	PURGATORY_MMU_OPTION,  /* --mmu=off */
	PURGATORY_MMU_RANGE,   /* an address beyond all formats */
	PURGATORY_MMU_CPU,     /* the CPU's tables need bits that kexec does not know */
	PURGATORY_MMU_GRANULE, /* arm64: the CPU has no 4 KiB granule */
	PURGATORY_MMU_MODE,    /* riscv64: satp did not take the mode */
	PURGATORY_MMU_TABLES,  /* the tables' digest is not what it must be */
	PURGATORY_MMU_ROOM,    /* no hole was left for the tables */
	PURGATORY_MMU_REASON_COUNT
};

/* Names of the reasons, indexed by them. */
#define PURGATORY_MMU_REASON_NAMES                                                     \
	{                                                                              \
		"none", "option", "range", "cpu", "granule", "mode", "tables", "room", \
	}

/*
 * The physical address of PURGATORY_ENTRY_SYMBOL. Purgatory compares its PC with it, to know
 * whether it runs there.
 */
extern PURGATORY_PATCHED uint64_t purgatory_address;

/*
 * The same twice more: beside the text, and among the digests. With its MMU still on, purgatory can
 * only leave the old map if it knows the address, and a wrong one would be silence. It takes the
 * second one if the first and the third differ or are 0.
 */
extern PURGATORY_PATCHED uint64_t purgatory_address_second;
extern PURGATORY_PATCHED uint64_t purgatory_address_third;

/* enum purgatory_mmu_reason as kexec decided it. */
extern PURGATORY_PATCHED uint32_t purgatory_mmu_reason;

/* The most bytes of a set of page tables. A larger size is damage. */
#define PURGATORY_TABLES_SIZE_MAX (UINT64_C(1) << 20)

/*
 * The page tables, indexed by enum purgatory_tables: the value for satp or TTBR (0 if absent),
 * where they are and how many bytes they have, how many bits of a virtual address the root
 * translates, and the SHA-256 of struct purgatory_tables_header and then of the tables. The digest
 * lies beside the manifest's digest.
 */
extern PURGATORY_PATCHED uint64_t purgatory_tables_register[PURGATORY_TABLES_COUNT];
extern PURGATORY_PATCHED uint64_t purgatory_tables_address[PURGATORY_TABLES_COUNT];
extern PURGATORY_PATCHED uint64_t purgatory_tables_size[PURGATORY_TABLES_COUNT];
extern PURGATORY_PATCHED uint32_t purgatory_tables_bits[PURGATORY_TABLES_COUNT];
extern PURGATORY_PATCHED uint8_t
	purgatory_tables_digest[PURGATORY_TABLES_COUNT][SHA256_DIGEST_SIZE];

/*
 * The values of the symbols above for one set, little endian. They are hashed before the tables
 * themselves, because purgatory uses them before anything else is verified, and a wrong root would
 * hang the machine without a word. The header fills a block of SHA-256, so that the tables behind
 * it are hashed where they are. Without caches that is much faster than hashing from a buffer.
 */
struct purgatory_tables_header {
	uint64_t register_value;
	uint64_t address;
	uint64_t size;
	uint64_t bits;
	uint64_t zeros[4];
};

_Static_assert(sizeof(struct purgatory_tables_header) == SHA256_BLOCK_SIZE, "one block");

/*
 * The physical address at which purgatory enters the kernel with PURGATORY_POLICY_BOOT although
 * something differs; 0 with any other policy.
 */
extern PURGATORY_PATCHED uint64_t purgatory_unverified_entry;

/*
 * The physical address at which purgatory enters the kernel, so that only who has computed all
 * digests knows it: the first word is the address XOR a sum (checksum.h) of the SHA-256 of the
 * manifest and then of all chunks in its order, 4 words each, little endian; chunks with
 * MANIFEST_CHUNK_UNCHECKED have none. The second word is the sum of the address alone, by which a
 * wrong one is noticed.
 */
extern PURGATORY_PATCHED uint64_t purgatory_sealed_entry[2];

/* How many bytes of the manifest's chunks have a digest, and how many are unchecked. */
extern PURGATORY_PATCHED uint64_t purgatory_checked_bytes;
extern PURGATORY_PATCHED uint64_t purgatory_unchecked_bytes;

/*
 * The sum (checksum.h) of all words of purgatory's image from PURGATORY_ENTRY_SYMBOL, with which it
 * begins, to this symbol, with which PURGATORY_DIGEST_SECTION ends; what lies between text and
 * rodata is zero. It is the first thing that purgatory checks.
 */
extern PURGATORY_PATCHED uint64_t purgatory_self_sum;

/*
 * The sum of all words from PURGATORY_STOP_SYMBOL to this symbol. They are the code that writes a
 * line and resets, and more; not the code that resets without a line, which precedes them. If
 * purgatory_self_sum is wrong and this one is right, that code says so. If both are wrong,
 * purgatory resets without a line, or sleeps if the policy is to halt, because code that is damaged
 * might run for ever.
 */
extern PURGATORY_PATCHED uint64_t purgatory_stop_sum;

/* The physical address of the device tree that the kernel gets. */
extern PURGATORY_PATCHED uint64_t purgatory_kernel_dtb;

/*
 * The report for the next kernel: PURGATORY_REPORT_PROPERTY in /chosen of its device tree, which
 * kexec makes of PURGATORY_REPORT_SIZE zeros. Purgatory writes its line there when all is verified,
 * without the line's end; the rest stays zero. The address is that of the property's value; 0:
 * none.
 */
#define PURGATORY_REPORT_PROPERTY "kexec,purgatory-report"
#define PURGATORY_REPORT_SIZE	  320
extern PURGATORY_PATCHED uint64_t purgatory_report_address;

/* The manifest's segment: physical address, size in bytes and SHA-256. */
extern PURGATORY_PATCHED uint64_t purgatory_manifest_address;
extern PURGATORY_PATCHED uint64_t purgatory_manifest_size;
extern PURGATORY_PATCHED uint8_t purgatory_manifest_digest[SHA256_DIGEST_SIZE];

/*
 * The console: enum purgatory_console; for a UART the physical address of its registers, these
 * registers, and by how many bits a character is shifted to the left where it is written (to the
 * end of a big-endian register).
 */
extern PURGATORY_PATCHED uint32_t purgatory_console_type;
extern PURGATORY_PATCHED uint32_t purgatory_console_data_shift;
extern PURGATORY_PATCHED uint64_t purgatory_console_address;
extern PURGATORY_PATCHED struct purgatory_register
	purgatory_console_registers[PURGATORY_REGISTER_COUNT];

/*
 * The console zone of ramoops, a log that outlives a reset: physical address and bytes, with the
 * header; address 0: none. purgatory/pstore.h has the format. riscv64: how many bytes a cbo.flush
 * takes to memory; 0: none is known.
 */
extern PURGATORY_PATCHED uint64_t purgatory_pstore_address;
extern PURGATORY_PATCHED uint64_t purgatory_pstore_size;
extern PURGATORY_PATCHED uint32_t purgatory_pstore_block;

/*
 * The sum (checksum.h) of address and size. Where it is wrong nothing is appended: when purgatory
 * is damaged itself, it may be the log's place that is, and a wrong one hangs some machines.
 */
extern PURGATORY_PATCHED uint64_t purgatory_pstore_sum;

/*
 * riscv64: how many bytes a cbo.flush (Zicbom) cleans and invalidates, if devices of the machine do
 * not see the CPU's caches; 0: no maintenance, because none is needed or no way is known.
 */
extern PURGATORY_PATCHED uint32_t purgatory_cache_block;

/* The frequency of the counter in Hz; 0: arm64 reads CNTFRQ_EL0, riscv64 reports no time. */
extern PURGATORY_PATCHED uint64_t purgatory_timer_frequency;

/*
 * How many seconds purgatory may take for a MiB before it stops with a fault; 0: any number. There
 * is no limit if the counter is known to be wrong at times.
 */
extern PURGATORY_PATCHED uint32_t purgatory_time_limit;

/*
 * Optional features of the CPU that the running kernel uses, so that purgatory has to end their
 * use. ID registers alone do not permit it to touch them: firmware may trap them all the same
 * (TF-A's ENABLE_SME_FOR_NS is 0 unless its build says otherwise), and a trap to EL3 ends the
 * machine without a word. A set of 1 << enum purgatory_cpu_feature.
 */
enum purgatory_cpu_feature {
	PURGATORY_CPU_SME,  /* arm64: FEAT_SME */
	PURGATORY_CPU_TCR2, /* arm64: FEAT_TCR2, if an ID register has what Linux sets in it */
	PURGATORY_CPU_FEATURE_COUNT
};
extern PURGATORY_PATCHED uint32_t purgatory_cpu_features;

/*
 * The enum sha256_engine to hash with, or PURGATORY_ENGINE_AUTO: the one that suits the CPU best,
 * as far as purgatory can tell. On arm64 it can; on riscv64 this means SHA256_GENERIC.
 */
#define PURGATORY_ENGINE_AUTO UINT32_MAX
extern PURGATORY_PATCHED uint32_t purgatory_engine;

/*
 * Several CPUs verify (--cpus): how many may, the one that runs purgatory among them, or 0 if it
 * does so alone; their IDs (riscv64: of the hart; arm64: the affinity fields of MPIDR_EL1, as PSCI
 * takes them), of which one may be that CPU's own; and two addresses in the segment that they
 * share. It begins with what purgatory/cpus.h describes, and a digest for each chunk of the
 * manifest. From purgatory_cpus_stacks on it has for each ID a page that the page tables leave out,
 * and a stack above it. All but the first are in PURGATORY_CPUS_RODATA_SECTION, so they exist only
 * with several CPUs.
 */
#define PURGATORY_CPUS_MAX	 8
#define PURGATORY_CPU_NONE	 UINT64_MAX /* behind the last ID */
#define PURGATORY_CPU_GUARD_SIZE UINT64_C(4096)
#define PURGATORY_CPU_STACK_SIZE UINT64_C(8192)
#define PURGATORY_CPU_LINES_SIZE UINT64_C(2048) /* what lies before the digests */
extern PURGATORY_PATCHED uint32_t purgatory_cpus_count;
extern PURGATORY_PATCHED uint64_t purgatory_cpus_ids[PURGATORY_CPUS_MAX];
extern PURGATORY_PATCHED uint64_t purgatory_cpus_address;
extern PURGATORY_PATCHED uint64_t purgatory_cpus_stacks;

/* enum purgatory_reset and enum purgatory_policy. */
extern PURGATORY_PATCHED uint32_t purgatory_reset_method;
extern PURGATORY_PATCHED uint32_t purgatory_mismatch_policy;

/*
 * What purgatory needs to stop: the values of the symbols for the console, the reset and the
 * policy. In memory it is PURGATORY_ENDING_WORDS words of 64 bits, little endian, without padding.
 */
struct purgatory_ending {
	uint32_t console_type;
	uint32_t console_data_shift;
	uint64_t console_address;
	struct purgatory_register console_registers[PURGATORY_REGISTER_COUNT];
	uint32_t reset_method;
	uint32_t mismatch_policy;
};
#define PURGATORY_ENDING_WORDS 13
_Static_assert(sizeof(struct purgatory_ending) == PURGATORY_ENDING_WORDS * 8, "no padding");

/*
 * The sum (checksum.h) of struct purgatory_ending as the symbols have it; the same words beside the
 * text, which is in other pages; and their sum. If the first sum is wrong, purgatory uses the
 * second struct, and if that is wrong too, zeros.
 */
extern PURGATORY_PATCHED uint64_t purgatory_ending_sum;
extern PURGATORY_PATCHED uint64_t purgatory_ending_second[PURGATORY_ENDING_WORDS];
extern PURGATORY_PATCHED uint64_t purgatory_ending_second_sum;

#endif
