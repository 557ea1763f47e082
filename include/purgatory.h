/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The symbols of purgatory that kexec patches before it loads it. Both halves include this file:
 * purgatory defines the objects (purgatory/symbols.c), kexec takes names and sizes from the
 * declarations and writes the values with elf_rel_set_symbol().
 *
 * All of them lie in sections that the manifest covers, purgatory_manifest_digest excepted: it is
 * the root of trust and lies in PURGATORY_DIGEST_SECTION, which no digest covers.
 */
#ifndef PURGATORY_H
#define PURGATORY_H

#include <stdint.h>

#include "sha256.h"

/* Name of the symbol at which the old kernel enters purgatory. */
#define PURGATORY_ENTRY_SYMBOL "purgatory_start"

/* Name of the read-only section of the digests, which the manifest cannot cover. */
#define PURGATORY_DIGEST_SECTION ".rodata.digest"

/* How purgatory writes its line; purgatory_console_type. */
enum purgatory_console {
	PURGATORY_CONSOLE_NONE,
	PURGATORY_CONSOLE_SBI,	 /* riscv64: SBI DBCN, else the legacy putchar */
	PURGATORY_CONSOLE_PL011, /* Arm PL011 and SBSA generic UART */
	PURGATORY_CONSOLE_8250,
};

/* How purgatory asks firmware for a reset; purgatory_reset_method. */
enum purgatory_reset {
	PURGATORY_RESET_NONE,
	PURGATORY_RESET_PSCI_SMC,
	PURGATORY_RESET_PSCI_HVC,
	PURGATORY_RESET_SBI,
};

/* What follows a mismatch or a fault, after the line; purgatory_mismatch_policy. */
enum purgatory_policy {
	PURGATORY_POLICY_RESET,
	PURGATORY_POLICY_HALT,
};

/* Physical address at which the kernel is entered. */
extern const volatile uint64_t purgatory_kernel_entry;

/* Physical address of the device tree that the kernel is given. */
extern const volatile uint64_t purgatory_kernel_dtb;

/* The manifest's segment: physical address, size in bytes and SHA-256. */
extern const volatile uint64_t purgatory_manifest_address;
extern const volatile uint64_t purgatory_manifest_size;
extern const volatile uint8_t purgatory_manifest_digest[SHA256_DIGEST_SIZE];

/*
 * The console: enum purgatory_console; for the UARTs the physical address of the registers, the
 * distance between two of them as a shift (8250 only) and the width of an access in bytes (1 or 4).
 */
extern const volatile uint32_t purgatory_console_type;
extern const volatile uint32_t purgatory_console_register_shift;
extern const volatile uint32_t purgatory_console_register_width;
extern const volatile uint64_t purgatory_console_address;

/* Frequency of the counter in Hz; 0: arm64 asks CNTFRQ_EL0, riscv64 reports no time. */
extern const volatile uint64_t purgatory_timer_frequency;

/* enum purgatory_reset and enum purgatory_policy. */
extern const volatile uint32_t purgatory_reset_method;
extern const volatile uint32_t purgatory_mismatch_policy;

#endif
