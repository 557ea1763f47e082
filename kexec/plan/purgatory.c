/* SPDX-License-Identifier: GPL-2.0-only */
/* The purgatory of a plan: choosing the object, placing it, patching its symbols. */
#include "plan/purgatory.h"

#include <errno.h>

#include "plan/little_endian.h"

/* The manifest covers no writable part, so there must be nothing in it that could be damaged. */
static int check_data_is_empty(const struct elf_rel *purgatory, const struct log *log)
{
	const struct range data = elf_rel_part_range(purgatory, ELF_REL_DATA);
	struct elf_rel_section section;
	size_t cursor = 0;

	while (elf_rel_next_section(purgatory, &cursor, &section))
		if (!section.zeros && range_size(section.range) &&
		    range_contain(data, section.range))
			return log_error(log, -ENOEXEC,
					 "purgatory object: section '%s' is writable and not "
					 "empty, which nothing would verify",
					 section.name);
	return 0;
}

int purgatory_open(struct elf_rel **purgatory, const struct arch *arch, uint64_t page_size,
		   const struct log *log)
{
	size_t size = (size_t)(arch->purgatory.end - arch->purgatory.start);
	int error;

	if (size == 0)
		return log_error(log, -ENOTSUP,
				 "this kexec was built without a purgatory for %s: build it again "
				 "with a compiler for %s",
				 arch->name, arch->name);
	error = elf_rel_open(purgatory, arch->purgatory.start, size, arch, page_size, log);
	return error ? error : check_data_is_empty(*purgatory, log);
}

/* The segment of a part of purgatory; the digests share rodata's, which covers all but them. */
static struct segment purgatory_segment(const struct elf_rel *purgatory, enum elf_rel_part part,
					uint64_t base)
{
	static const unsigned int permissions[ELF_REL_PART_COUNT] = {
		[ELF_REL_TEXT] = SEGMENT_READ | SEGMENT_EXECUTE,
		[ELF_REL_RODATA] = SEGMENT_READ,
		[ELF_REL_DATA] = SEGMENT_READ | SEGMENT_WRITE,
	};
	struct range range = elf_rel_part_range(purgatory, part);
	uint64_t covered = part == ELF_REL_DATA ? 0 : range_size(range);

	if (part == ELF_REL_RODATA)
		range.end = elf_rel_part_range(purgatory, ELF_REL_DIGEST).end;
	return (struct segment){
		.role = SEGMENT_PURGATORY,
		.permissions = permissions[part],
		.address = base + range.start,
		.data = elf_rel_image(purgatory) + range.start,
		.size = range_size(range),
		.memory_size = range_size(range),
		.covered = covered,
	};
}

int purgatory_place(struct elf_rel *purgatory, struct plan *plan, const struct range *bounds,
		    const struct log *log)
{
	static const enum elf_rel_part parts[] = {ELF_REL_TEXT, ELF_REL_RODATA, ELF_REL_DATA};
	const struct hole_request request = {
		.size = elf_rel_size(purgatory),
		.alignment = plan->memory.page_size,
		.bounds = *bounds,
	};
	struct range hole;
	uint64_t size;
	int error;

	error = plan_reserve_hole(plan, &request, "purgatory", &hole, log);
	if (error)
		return error;
	error = elf_rel_relocate(purgatory, hole.start, log);
	if (error)
		return error;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		struct segment segment = purgatory_segment(purgatory, parts[i], hole.start);

		error = plan_add_segment(plan, &segment, log);
		if (error)
			return error;
	}
	return elf_rel_get_symbol(purgatory, PURGATORY_ENTRY_SYMBOL, &plan->entry, &size, log);
}

/* A value of the size that the symbol's declaration has, and the name as it stands there. */
#define PATCH(symbol, value) {#symbol, (value), sizeof(symbol)}

int purgatory_patch(struct elf_rel *purgatory, const struct purgatory_settings *settings,
		    const struct log *log)
{
	const struct {
		const char *name;
		uint64_t value;
		size_t size;
	} patches[] = {
		PATCH(purgatory_kernel_entry, settings->kernel_entry),
		PATCH(purgatory_kernel_dtb, settings->kernel_dtb),
		PATCH(purgatory_manifest_address, settings->manifest.start),
		PATCH(purgatory_manifest_size, range_size(settings->manifest)),
		PATCH(purgatory_console_type, settings->console.type),
		PATCH(purgatory_console_address, settings->console.address),
		PATCH(purgatory_console_register_shift, settings->console.register_shift),
		PATCH(purgatory_console_register_width, settings->console.register_width),
		PATCH(purgatory_timer_frequency, settings->timer_frequency),
		PATCH(purgatory_reset_method, settings->reset_method),
		PATCH(purgatory_mismatch_policy, settings->mismatch_policy),
	};

	for (size_t i = 0; i < sizeof(patches) / sizeof(patches[0]); i++) {
		uint8_t bytes[sizeof(uint64_t)];
		int error;

		store_little_endian(bytes, sizeof(bytes), patches[i].value);
		error = elf_rel_set_symbol(purgatory, patches[i].name, bytes, patches[i].size, log);
		if (error)
			return error;
	}
	return 0;
}

int purgatory_patch_digest(struct elf_rel *purgatory, const uint8_t digest[SHA256_DIGEST_SIZE],
			   const struct log *log)
{
	return elf_rel_set_symbol(purgatory, "purgatory_manifest_digest", digest,
				  sizeof(purgatory_manifest_digest), log);
}
