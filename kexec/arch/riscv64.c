/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * riscv64. Limits are those of Linux' Documentation/arch/riscv/boot.rst and boot-image-header.rst;
 * that of the device tree is MAX_FDT_SIZE of arch/riscv/include/asm/fixmap.h.
 */
#include <elf.h>

#include "arch/arch.h"
#include "arch/engines.h"
#include "arch/page_table_formats.h"
#include "arch/purgatory_objects.h"
#include "arch/relocate.h"
#include "base/kernel_release.h"

/* satp (privileged specification, "Supervisor Address Translation and Protection Register"): MODE
 * in the upper four bits, no ASID, the root's page number. */
#define SATP_MODE(mode) .root_shift = 12, .root_bits = UINT64_C(mode) << 60

static const struct page_table_mode low[] = {
	{.format = &page_table_sv39, SATP_MODE(8)},
	{.format = &page_table_sv48, SATP_MODE(9)},
	{.format = &page_table_sv57, SATP_MODE(10)},
	{0},
};

const struct arch arch_riscv64 = {
	.name = "riscv64",
	.machine = "riscv64",

	.elf_machine = EM_RISCV,
	.pe_machine = 0x5064,
	.uboot_number = 26,
	.uboot_name = "riscv",
	.kexec_flag = EM_RISCV << 16,

	.image_magic = 0x05435352, /* "RSC\x05", the header's magic2 */
	.image_text_offset = false,
	.kernel_alignment = UINT64_C(2) << 20,
	.kernel_end_max = UINT64_MAX,
	.initrd_window = 0,
	.initrd_window_alignment = 0,
	.dtb_size_max = UINT64_C(2) << 20,
	/* create_fdt_early_page_table() in arch/riscv/mm/init.c: always two PMDs. */
	.dtb_blocks = 2,
	.command_line_size = 1024,

	.page_tables = {[PURGATORY_TABLES_LOW] = low},
	/* linear_mapping_pa_to_va() of arch/riscv/include/asm/page.h */
	.linear_map_base = "NUMBER(PAGE_OFFSET)",
	.linear_map_start = "NUMBER(phys_ram_base)",
	.kernel_image_offset = "NUMBER(va_kernel_pa_offset)",

	/* The kernel's own purgatory hashes what it loaded, and loops on a mismatch. */
	.file_load_image = KERNEL_RELEASE(6, 16),
	.file_load_elf = KERNEL_RELEASE(5, 19),
	.file_load_loss = "a kernel found damaged before it is entered hangs without a word",
	/*
	 * From 7.3 on, kexec_calculate_store_digests() then puts nothing on the list of the
	 * kernel's purgatory: "kexec_file: skip checksum verification when safe" (94f9cef0f51c)
	 * came into the tree for the next release on 2026-07-01, after 7.2-rc1, and 7.2.13 does not
	 * have it. (7.2 has no handover on riscv64 at all: only arm64 and x86 select
	 * ARCH_SUPPORTS_KEXEC_HANDOVER.) The same holds where all segments lie in CMA memory, which
	 * nobody can know beforehand.
	 */
	.file_load_loss_handover = "nothing verifies this kernel before it is entered",
	.file_load_handover = KERNEL_RELEASE(7, 3),

	/* Both are calls to the SBI, which is always there. */
	.default_console = PURGATORY_CONSOLE_SBI,
	.default_reset = PURGATORY_RESET_SBI,

	.cpuinfo_extensions = "isa",
	.cache_block_extension = "zicbom",
	.cache_block_property = "riscv,cbom-block-size",
	/* Documentation/devicetree/bindings/riscv/cpus.yaml: of each hart. */
	.devicetree_sign = "riscv",
	/* "riscv: add ISA extension parsing for vector crypto", and for scalar crypto. */
	.cpuinfo_complete = KERNEL_RELEASE(6, 8),
	.engines = riscv64_engines,
	.engine_chosen_late = false,

	.purgatory = {purgatory_riscv64_start, purgatory_riscv64_end},
	.relocation_pairs = riscv64_relocation_pairs,
	.relocate = riscv64_relocate,
};
