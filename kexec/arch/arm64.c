/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * arm64. Limits are those of Linux' Documentation/arch/arm64/booting.rst.
 */
#include <elf.h>

#include "arch/arch.h"
#include "arch/purgatory_objects.h"
#include "arch/relocate.h"

const struct arch arch_arm64 = {
	.name = "arm64",
	.machine = "aarch64",

	.elf_machine = EM_AARCH64,
	.kexec_flag = EM_AARCH64 << 16,

	.image_magic = 0x644d5241, /* "ARM\x64" */
	.image_text_offset = true,
	.kernel_alignment = UINT64_C(2) << 20,
	.initrd_window = UINT64_C(32) << 30,
	.initrd_window_alignment = UINT64_C(1) << 30,
	.dtb_size_max = UINT64_C(2) << 20,
	.command_line_size = 2048,

	/* A UART and the PSCI conduit must first be found, in the device tree or in ACPI's tables.
	 */
	.default_console = PURGATORY_CONSOLE_NONE,
	.default_reset = PURGATORY_RESET_NONE,

	.purgatory = {purgatory_arm64_start, purgatory_arm64_end},
	.relocate = arm64_relocate,
};
