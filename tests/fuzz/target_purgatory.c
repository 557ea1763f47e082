/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A relocatable ELF object in the place of purgatory: laid out, relocated, and its symbols set.
 * kexec embeds its own, so this is about the checks, not about an input that anybody could bring.
 */
#include <string.h>

#include "arch/arch.h"
#include "plan/elf_rel.h"
#include "purgatory.h"
#include "target.h"

#define PAGE_SIZE 4096

static void relocate(struct elf_rel *rel, bool cpus)
{
	static const char value[8];
	struct elf_rel_section section;
	uint64_t address, size;
	struct fuzz_log log;
	size_t cursor = 0;
	int error;

	for (int i = 0; i < ELF_REL_PART_COUNT && cpus; i++)
		fuzz_expect(elf_rel_part_range(rel, (enum elf_rel_part)i).end <= elf_rel_size(rel),
			    "parts lie in the image");
	while (elf_rel_next_section(rel, &cursor, &section))
		fuzz_expect(section.range.start <= section.range.end &&
				    (!cpus || section.range.end <= elf_rel_size(rel)),
			    "sections lie in the image");
	fuzz_log_open(&log);
	error = elf_rel_relocate(rel, UINT64_C(0x40000000), &log.log);
	fuzz_log_close(&log, error);
	fuzz_touch(elf_rel_image(rel), elf_rel_size(rel));
	if (error)
		return;
	fuzz_log_open(&log);
	error = elf_rel_set_symbol(rel, "purgatory_kernel_entry", value, sizeof(value), &log.log);
	fuzz_log_close(&log, error);
	fuzz_log_open(&log);
	error = elf_rel_get_symbol(rel, PURGATORY_ENTRY_SYMBOL, &address, &size, &log.log);
	fuzz_log_close(&log, error);
}

static int open_as(const struct arch *arch, bool cpus, const uint8_t *data, size_t size)
{
	const struct elf_rel_layout layout = {.page_size = PAGE_SIZE, .cpus = cpus};
	struct elf_rel *rel;
	struct fuzz_log log;
	int error;

	fuzz_log_open(&log);
	error = elf_rel_open(&rel, data, size, arch, &layout, &log.log);
	fuzz_log_close(&log, error);
	if (error)
		return error;
	relocate(rel, cpus);
	elf_rel_close(rel);
	return 0;
}

void fuzz_purgatory(const uint8_t *data, size_t size)
{
	const bool cpus = size % 2; /* any bit that varies will do */

	if (open_as(&arch_arm64, cpus, data, size))
		open_as(&arch_riscv64, cpus, data, size);
}
