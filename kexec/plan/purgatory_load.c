/* SPDX-License-Identifier: GPL-2.0-only */
/* The purgatory of a plan: choosing the object, placing it, patching its symbols. */
#include "plan/purgatory_load.h"

#include <endian.h>
#include <errno.h>

#include "base/bytes.h"
#include "checksum.h"
#include "plan/page_table.h"

/*
 * The manifest covers no writable part, so such a part must have no contents that could be damaged.
 */
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

int purgatory_load_open(struct elf_rel **purgatory, const struct arch *arch,
			const struct elf_rel_layout *layout, const struct log *log)
{
	size_t size = (size_t)(arch->purgatory.end - arch->purgatory.start);
	int error;

	if (size == 0)
		return log_error(log, -ENOTSUP,
				 "this kexec was built without a purgatory for %s: build it again "
				 "with a compiler for %s",
				 arch->name, arch->name);
	error = elf_rel_open(purgatory, arch->purgatory.start, size, arch, layout, log);
	return error ? error : check_data_is_empty(*purgatory, log);
}

/*
 * The segment of a part of purgatory. The digests are in rodata's segment, of which the manifest
 * covers everything but them.
 */
static struct segment purgatory_segment(const struct elf_rel *purgatory, enum elf_rel_part part,
					uint64_t base)
{
	static const unsigned int permissions[ELF_REL_PART_COUNT] = {
		[ELF_REL_TEXT] = SEGMENT_READ | SEGMENT_EXECUTE,
		[ELF_REL_RODATA] = SEGMENT_READ,
		[ELF_REL_CPUS_TEXT] = SEGMENT_READ | SEGMENT_EXECUTE,
		[ELF_REL_CPUS_RODATA] = SEGMENT_READ,
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

int purgatory_load_place(struct elf_rel *purgatory, struct plan *plan, const struct range *bounds,
			 const struct range_set *within, const struct log *log)
{
	static const enum elf_rel_part parts[] = {ELF_REL_TEXT, ELF_REL_RODATA, ELF_REL_CPUS_TEXT,
						  ELF_REL_CPUS_RODATA, ELF_REL_DATA};
	const struct hole_request request = {
		.size = elf_rel_size(purgatory),
		.alignment = plan->memory.page_size,
		.bounds = *bounds,
		.within = within,
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

		if (elf_rel_part_range(purgatory, parts[i]).start >= elf_rel_size(purgatory))
			continue; /* several CPUs' */
		error = plan_add_segment(plan, &segment, log);
		if (error)
			return error;
	}
	return elf_rel_get_symbol(purgatory, PURGATORY_ENTRY_SYMBOL, &plan->entry, &size, log);
}

int purgatory_load_find_guard(const struct elf_rel *purgatory, struct range *guard,
			      const struct log *log)
{
	uint64_t address, size;
	int error = elf_rel_get_symbol(purgatory, PURGATORY_GUARD_SYMBOL, &address, &size, log);

	if (error)
		return error;
	if (range_make(guard, address, size) || (address | size) % MAPPING_PAGE_SIZE || size == 0)
		return log_error(log, -EINVAL,
				 "purgatory object is damaged: '%s' is not made of whole pages; "
				 "rebuild kexec",
				 PURGATORY_GUARD_SYMBOL);
	return 0;
}

/* Fields of struct purgatory_register, all of one size, and the most numbers that a symbol has. */
#define REGISTER_FIELDS	 (sizeof(struct purgatory_register) / sizeof(uint32_t))
#define PATCH_VALUES_MAX (PURGATORY_REGISTER_COUNT * REGISTER_FIELDS)

_Static_assert(PATCH_VALUES_MAX >= PURGATORY_TABLES_COUNT, "room for one of each set");

/* The value of a symbol: @count values of @size bytes each. */
struct patch {
	const char *name; /* as in include/purgatory.h */
	size_t size;
	size_t count;
	uint64_t values[PATCH_VALUES_MAX];
};

/* A patch for a number, and one for a number for each set of page tables. */
#define PATCH(symbol, value)                \
	{                                   \
		#symbol, sizeof(symbol), 1, \
		{                           \
			value               \
		}                           \
	}
#define PATCH_TABLES(symbol, of_set)                                                          \
	{                                                                                     \
		#symbol, sizeof((symbol)[0]), PURGATORY_TABLES_COUNT,                         \
		{                                                                             \
			[PURGATORY_TABLES_LOW] = of_set(&sets[PURGATORY_TABLES_LOW]),         \
			[PURGATORY_TABLES_LOW_EL2] = of_set(&sets[PURGATORY_TABLES_LOW_EL2]), \
			[PURGATORY_TABLES_HIGH] = of_set(&sets[PURGATORY_TABLES_HIGH]),       \
		}                                                                             \
	}

/* The same for the fields of a register. */
#define REGISTER_VALUES(reg) (reg).offset, (reg).width, (reg).mask, (reg).value
#define PATCH_REGISTERS(symbol, registers)                                                        \
	{                                                                                         \
		#symbol, sizeof(uint32_t), PATCH_VALUES_MAX,                                      \
		{                                                                                 \
			REGISTER_VALUES((registers)[0]), REGISTER_VALUES((registers)[1]),         \
				REGISTER_VALUES((registers)[2]), REGISTER_VALUES((registers)[3]), \
				REGISTER_VALUES((registers)[4])                                   \
		}                                                                                 \
	}

_Static_assert(PURGATORY_REGISTER_COUNT == 5, "all of them are patched");

static uint64_t set_address(const struct table_set *set)
{
	return set->range.start;
}

static uint64_t set_size(const struct table_set *set)
{
	return range_size(set->range);
}

static uint64_t set_bits(const struct table_set *set)
{
	return set->mode ? set->mode->format->virtual_bits : 0;
}

static int apply_patch(struct elf_rel *purgatory, const struct patch *patch, const struct log *log)
{
	uint8_t bytes[sizeof(patch->values)] = {0};
	size_t i;

	for (i = 0; i < patch->count; i++)
		store_little_endian(bytes + i * patch->size, patch->size, patch->values[i]);
	return elf_rel_set_symbol(purgatory, patch->name, bytes, patch->size * patch->count, log);
}

/* Set a symbol that is an array of words. */
static int set_words(struct elf_rel *purgatory, const char *name, const uint64_t words[],
		     size_t count, const struct log *log)
{
	uint8_t bytes[PURGATORY_ENDING_WORDS * sizeof(uint64_t)] = {0};

	for (size_t i = 0; i < count; i++)
		store_little_endian(bytes + i * sizeof(words[0]), sizeof(words[0]), words[i]);
	return elf_rel_set_symbol(purgatory, name, bytes, count * sizeof(words[0]), log);
}

static uint64_t sum_bytes(uint64_t sum, const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i + sizeof(sum) <= size; i += sizeof(sum))
		sum = checksum_add(sum, load_little_endian(bytes + i, sizeof(sum)));
	return sum;
}

/* struct purgatory_ending a second time, and the sums of both. */
static int patch_ending(struct elf_rel *purgatory, const struct purgatory_settings *settings,
			const struct log *log)
{
	const struct console *console = &settings->console;
	uint64_t words[PURGATORY_ENDING_WORDS], sum = CHECKSUM_FACTOR, *next = words;

	*next++ = console->type | (uint64_t)console->data_shift << 32;
	*next++ = console->address;
	for (size_t i = 0; i < PURGATORY_REGISTER_COUNT; i++) {
		const struct purgatory_register *reg = &console->registers[i];

		*next++ = reg->offset | (uint64_t)reg->width << 32;
		*next++ = reg->mask | (uint64_t)reg->value << 32;
	}
	*next++ = settings->reset_method | (uint64_t)settings->mismatch_policy << 32;
	for (size_t i = 0; i < PURGATORY_ENDING_WORDS; i++)
		sum = checksum_add(sum, words[i]);
	return set_words(purgatory, "purgatory_ending_second", words, PURGATORY_ENDING_WORDS, log)
		       ?: set_words(purgatory, "purgatory_ending_second_sum", &sum, 1, log)
		       ?: set_words(purgatory, "purgatory_ending_sum", &sum, 1, log);
}

/* The CPUs that may be started, none behind the last, and what they share. */
static int patch_cpus(struct elf_rel *purgatory, const struct purgatory_settings *settings,
		      const struct log *log)
{
	uint64_t ids[PURGATORY_CPUS_MAX];

	if (!settings->cpus_count)
		return 0;
	for (size_t i = 0; i < PURGATORY_CPUS_MAX; i++)
		ids[i] = i < settings->cpus->count ? settings->cpus->ids[i] : PURGATORY_CPU_NONE;
	return set_words(purgatory, "purgatory_cpus_ids", ids, PURGATORY_CPUS_MAX, log)
		       ?: set_words(purgatory, "purgatory_cpus_address", &settings->cpus_address, 1,
				    log)
		       ?: set_words(purgatory, "purgatory_cpus_stacks", &settings->cpus_stacks, 1,
				    log);
}

static uint64_t sum_range(struct range range)
{
	return checksum_add(checksum_add(CHECKSUM_FACTOR, range.start), range_size(range));
}

/* Patch a sum of all from a symbol on. One that lies behind the digests is refused. */
static int patch_sum(struct elf_rel *purgatory, const char *from, const char *name,
		     const struct log *log)
{
	const uint64_t end = elf_rel_part_range(purgatory, ELF_REL_DIGEST).end;
	uint64_t start, first, address, size, sum;
	int error = elf_rel_get_symbol(purgatory, PURGATORY_ENTRY_SYMBOL, &start, &size, log)
			    ?: elf_rel_get_symbol(purgatory, from, &first, &size, log)
			    ?: elf_rel_get_symbol(purgatory, name, &address, &size, log);

	if (error)
		return error;
	if (elf_rel_part_range(purgatory, ELF_REL_TEXT).start != 0 || first < start ||
	    address < first || address - start >= end || (address - first) % sizeof(sum) != 0)
		return log_error(log, -EINVAL,
				 "purgatory object is damaged: %s is not in the image, or not at "
				 "a multiple of 8; rebuild kexec",
				 name);
	sum = sum_bytes(CHECKSUM_FACTOR, elf_rel_image(purgatory) + (first - start),
			address - first);
	return set_words(purgatory, name, &sum, 1, log);
}

int purgatory_load_patch(struct elf_rel *purgatory, const struct purgatory_settings *settings,
			 const struct log *log)
{
	const struct table_set *sets = settings->tables->sets;
	const struct patch patches[] = {
		PATCH(purgatory_address, settings->address),
		PATCH(purgatory_address_second, settings->address),
		PATCH(purgatory_address_third, settings->address),
		PATCH(purgatory_unverified_entry, settings->mismatch_policy == PURGATORY_POLICY_BOOT
							  ? settings->kernel_entry
							  : 0),
		PATCH(purgatory_kernel_dtb, settings->kernel_dtb),
		PATCH(purgatory_report_address, settings->report),
		PATCH(purgatory_manifest_address, settings->manifest.start),
		PATCH(purgatory_manifest_size, range_size(settings->manifest)),
		PATCH(purgatory_mmu_reason, settings->tables->reason),
		PATCH_TABLES(purgatory_tables_register, table_sets_register),
		PATCH_TABLES(purgatory_tables_address, set_address),
		PATCH_TABLES(purgatory_tables_size, set_size),
		PATCH_TABLES(purgatory_tables_bits, set_bits),
		PATCH(purgatory_console_type, settings->console.type),
		PATCH(purgatory_console_address, settings->console.address),
		PATCH(purgatory_console_data_shift, settings->console.data_shift),
		PATCH_REGISTERS(purgatory_console_registers, settings->console.registers),
		PATCH(purgatory_pstore_address, settings->pstore.start),
		PATCH(purgatory_pstore_size, range_size(settings->pstore)),
		PATCH(purgatory_pstore_block, settings->pstore_block_size),
		PATCH(purgatory_pstore_sum, sum_range(settings->pstore)),
		PATCH(purgatory_cache_block, settings->cache_block_size),
		PATCH(purgatory_timer_frequency, settings->timer_frequency),
		PATCH(purgatory_time_limit, settings->time_limit),
		PATCH(purgatory_cpu_features, settings->cpu_features),
		PATCH(purgatory_engine, settings->engine),
		PATCH(purgatory_cpus_count, settings->cpus_count),
		PATCH(purgatory_reset_method, settings->reset_method),
		PATCH(purgatory_mismatch_policy, settings->mismatch_policy),
	};
	int error = 0;
	size_t i;

	for (i = 0; i < sizeof(patches) / sizeof(patches[0]) && !error; i++)
		error = apply_patch(purgatory, &patches[i], log);
	return error ?: patch_cpus(purgatory, settings, log)
			   ?: patch_ending(purgatory, settings, log)
			   ?: patch_sum(purgatory, PURGATORY_STOP_SYMBOL, "purgatory_stop_sum", log);
}

/* The numbers that say what a verification that misses nothing comes to. */
static int patch_seal(struct elf_rel *purgatory, const struct manifest *manifest,
		      const uint8_t digest[SHA256_DIGEST_SIZE], uint64_t kernel_entry,
		      const struct log *log)
{
	uint64_t sum = sum_bytes(CHECKSUM_FACTOR, digest, SHA256_DIGEST_SIZE);
	uint64_t checked = 0, unchecked = 0, sealed[2];
	const uint32_t count = le32toh(manifest->chunk_count);

	for (uint32_t i = 0; i < count; i++) {
		const struct manifest_chunk *chunk = &manifest->chunks[i];

		if (le32toh(chunk->flags) & MANIFEST_CHUNK_UNCHECKED) {
			unchecked += le64toh(chunk->length);
			continue;
		}
		checked += le64toh(chunk->length);
		sum = sum_bytes(sum, chunk->digest, SHA256_DIGEST_SIZE);
	}
	sealed[0] = kernel_entry ^ sum;
	sealed[1] = checksum_add(CHECKSUM_FACTOR, kernel_entry);
	return set_words(purgatory, "purgatory_sealed_entry", sealed, 2, log)
		       ?: set_words(purgatory, "purgatory_checked_bytes", &checked, 1, log)
		       ?: set_words(purgatory, "purgatory_unchecked_bytes", &unchecked, 1, log);
}

/* The sum of all that precedes the sum itself, which has to be the end of the digests. */
static int patch_self_sum(struct elf_rel *purgatory, const struct log *log)
{
	const uint64_t end = elf_rel_part_range(purgatory, ELF_REL_DIGEST).end;
	uint64_t start, address, size;
	int error = elf_rel_get_symbol(purgatory, PURGATORY_ENTRY_SYMBOL, &start, &size, log)
			    ?: elf_rel_get_symbol(purgatory, "purgatory_self_sum", &address, &size,
						  log);

	if (error)
		return error;
	if (address + sizeof(uint64_t) - start != end)
		return log_error(
			log, -EINVAL,
			"purgatory object is damaged: its own sum is not at the end of the "
			"digests; rebuild kexec");
	return patch_sum(purgatory, PURGATORY_ENTRY_SYMBOL, "purgatory_self_sum", log);
}

int purgatory_load_patch_manifest(struct elf_rel *purgatory, const struct manifest *manifest,
				  const uint8_t digest[SHA256_DIGEST_SIZE], uint64_t kernel_entry,
				  const struct log *log)
{
	int error = elf_rel_set_symbol(purgatory, "purgatory_manifest_digest", digest,
				       sizeof(purgatory_manifest_digest), log);

	return error ?: patch_seal(purgatory, manifest, digest, kernel_entry, log)
			   ?: patch_self_sum(purgatory, log);
}

int purgatory_load_patch_tables_digest(struct elf_rel *purgatory, const struct table_sets *tables,
				       const struct log *log)
{
	uint8_t digests[PURGATORY_TABLES_COUNT][SHA256_DIGEST_SIZE];
	size_t i;

	for (i = 0; i < PURGATORY_TABLES_COUNT; i++)
		table_sets_digest(tables, (enum purgatory_tables)i, digests[i]);
	return elf_rel_set_symbol(purgatory, "purgatory_tables_digest", digests, sizeof(digests),
				  log);
}
