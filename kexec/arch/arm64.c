/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * arm64. Limits are those of Linux' Documentation/arch/arm64/booting.rst.
 */
#include <elf.h>

#include "arch/arch.h"
#include "arch/page_table_formats.h"
#include "arch/purgatory_objects.h"
#include "arch/relocate.h"
#include "base/kernel_release.h"

/* TTBR0 and TTBR1 hold the root's address and, for us, nothing else. */
static const struct page_table_mode low[] = {
	{.format = &page_table_arm64_two_ranges_39},
	{.format = &page_table_arm64_two_ranges_48},
	{0},
};
static const struct page_table_mode low_el2[] = {
	{.format = &page_table_arm64_one_range_39},
	{.format = &page_table_arm64_one_range_48},
	{0},
};
static const struct page_table_mode high[] = {
	{.format = &page_table_arm64_upper_39},
	{.format = &page_table_arm64_upper_48},
	{0},
};

/* Without caches purgatory takes one message at a time, with the fewest accesses. */
static const struct arch_engine engines[] = {
	{SHA256_ARM64_SHA2_X2, ENGINE_CACHES_ON, {"asimd", "sha2"}},
	{SHA256_ARM64_SHA2, ENGINE_CACHES_OFF, {"asimd", "sha2"}},
	{SHA256_ARM64_NEON_X4, ENGINE_CACHES_ON, {"asimd"}},
	{SHA256_ARM64_UNCACHED, ENGINE_CACHES_OFF, {"asimd"}},
	{.engine = SHA256_GENERIC},
};

/*
 * AT_HWCAP2's HWCAP2_SME of arch/arm64/include/uapi/asm/hwcap.h.
 *
 * The kernel tells no process of what it sets in TCR2. 6.5 is the first to set anything: PIE, in
 * __cpu_setup() of arch/arm64/mm/proc.S ("arm64: enable Permission Indirection Extension (PIE)",
 * posted as v4 16/20 on 2023-06-06 and merged for 6.5). Overlays (6.12) and HAFT (6.13) followed.
 * Red Hat backports work of arm64 to its 5.14, whose releases have ".el" in them:
 * "5.14.0-570.el9.aarch64".
 */
static const struct arch_cpu_feature cpu_features[] = {
	{
		.feature = PURGATORY_CPU_SME,
		.auxiliary_type = AT_HWCAP2,
		.auxiliary_bit = UINT64_C(1) << 23,
		.name = "sme",
	},
	{
		.feature = PURGATORY_CPU_TCR2,
		.release = KERNEL_RELEASE(6, 5),
		.vendor_mark = ".el",
		.vendor_release = KERNEL_RELEASE(5, 14),
	},
	{0},
};

const struct arch arch_arm64 = {
	.name = "arm64",
	.machine = "aarch64",

	.elf_machine = EM_AARCH64,
	.pe_machine = 0xaa64,
	.uboot_number = 22,
	.uboot_name = "arm64",
	.kexec_flag = EM_AARCH64 << 16,

	.image_magic = 0x644d5241, /* "ARM\x64" */
	.image_text_offset = true,
	.image_flag_anywhere = 1 << 3,
	.kernel_alignment = UINT64_C(2) << 20,
	.kernel_end_max = UINT64_C(1) << 48,
	.initrd_window = UINT64_C(32) << 30,
	.initrd_window_alignment = UINT64_C(1) << 30,
	.dtb_size_max = UINT64_C(2) << 20,
	/*
	 * fixmap_remap_fdt() in arch/arm64/mm/fixmap.c: the kernel maps more than the first block
	 * only if the tree itself reaches into the next one.
	 */
	.dtb_blocks = 1,
	.command_line_size = 2048,

	.page_tables =
		{
			[PURGATORY_TABLES_LOW] = low,
			[PURGATORY_TABLES_LOW_EL2] = low_el2,
			[PURGATORY_TABLES_HIGH] = high,
		},
	/* __phys_to_virt() of arch/arm64/include/asm/memory.h; PHYS_OFFSET makes up for KASLR. */
	.linear_map_base = NULL,
	.linear_map_start = "NUMBER(PHYS_OFFSET)",
	.kernel_image_offset = "NUMBER(kimage_voffset)",
	.linear_map_unused_bits = "NUMBER(TCR_EL1_T1SZ)",

	/* machine_kexec_prepare(), arch/arm64/kernel/machine_kexec.c */
	.load_stops_cpus = true,
	.cpus_by_psci = true,

	.file_load_image = KERNEL_RELEASE(5, 0),
	.file_load_wrapped = KERNEL_RELEASE(5, 6),
	.file_load_loss = "nothing verifies this kernel before it is entered",
	.file_load_loss_handover = "nothing verifies this kernel before it is entered",

	/* A UART and the PSCI conduit must first be found, in the device tree or in ACPI's tables.
	 */
	.default_console = PURGATORY_CONSOLE_NONE,
	.default_reset = PURGATORY_RESET_NONE,

	.cpuinfo_extensions = "Features",
	.cpu_features = cpu_features,
	/* Documentation/devicetree/bindings/timer/arm,arch_timer.yaml; the kernel needs it. */
	.devicetree_sign = "arm,armv8-timer",
	.engines = engines,
	.engine_chosen_late = true,
	.caches_need_tables = true,

	.purgatory = {purgatory_arm64_start, purgatory_arm64_end},
	.relocate = arm64_relocate,
};
