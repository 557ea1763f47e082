/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Layout and relocation of a relocatable object. elf_object.c has read and checked the contents of
 * the object. The architecture applies each relocation.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "arch/arch.h"
#include "arch/relocate.h"
#include "plan/elf_object.h"
#include "plan/elf_rel.h"
#include "purgatory.h"

/* Many times the size that purgatory needs, so that a damaged size cannot ask for much memory. */
#define IMAGE_SIZE_MAX	(UINT64_C(4) << 20)
#define IMAGE_ALIGNMENT 4096

/* Alignment of the digests: a cache line, so that writing them touches nothing else. */
#define DIGEST_ALIGNMENT 64

struct elf_rel {
	const struct arch *arch;
	struct elf_object object;
	struct elf_rel_layout layout;
	uint64_t *offsets; /* of each section in the image; set for loaded ones */
	bool *changed;	   /* whether each symbol was set by elf_rel_set_symbol() */
	struct range parts[ELF_REL_PART_COUNT];
	uint8_t *image;	      /* and what lies behind it */
	uint64_t size;	      /* of the image */
	uint64_t memory_size; /* of all parts */
	uint64_t address;     /* of the image at run time */
	bool relocated;
};

static enum elf_rel_part part_of(const struct elf_section *section)
{
	if (section->execute)
		return strcmp(section->name, PURGATORY_CPUS_TEXT_SECTION) ? ELF_REL_TEXT
									  : ELF_REL_CPUS_TEXT;
	if (section->write)
		return ELF_REL_DATA;
	if (!strcmp(section->name, PURGATORY_CPUS_RODATA_SECTION))
		return ELF_REL_CPUS_RODATA;
	if (!strcmp(section->name, PURGATORY_DIGEST_SECTION))
		return ELF_REL_DIGEST;
	return ELF_REL_RODATA;
}

/* Give offsets to the sections of a part: to those with content, or to those without. */
static int place_sections(struct elf_rel *rel, enum elf_rel_part part, bool content,
			  const struct log *log)
{
	for (size_t i = 0; i < rel->object.section_count; i++) {
		const struct elf_section *section = &rel->object.sections[i];
		uint64_t *end = &rel->parts[part].end;

		if (!section->loaded || part_of(section) != part || !section->content == content)
			continue;
		/* the image starts on a page, so a larger alignment cannot be promised */
		if (section->alignment > rel->layout.page_size || section->size > IMAGE_SIZE_MAX)
			return log_error(log, -ENOEXEC,
					 "purgatory object: section '%s' is too large (0x%" PRIx64
					 " bytes, alignment 0x%" PRIx64 ")",
					 section->name, section->size, section->alignment);
		if (align_up(&rel->offsets[i], *end, section->alignment) ||
		    rel->offsets[i] + section->size > IMAGE_SIZE_MAX)
			return log_error(log, -ENOEXEC,
					 "purgatory object needs more than %" PRIu64 " MiB",
					 IMAGE_SIZE_MAX >> 20);
		*end = rel->offsets[i] + section->size;
	}
	return 0;
}

static bool is_of_cpus(int part)
{
	return part == ELF_REL_CPUS_TEXT || part == ELF_REL_CPUS_RODATA;
}

/* Place the parts that are in the image, or those that are not, and move *@position to their end.
 */
static int place_parts(struct elf_rel *rel, bool in_image, uint64_t *position,
		       const struct log *log)
{
	for (int part = 0; part < ELF_REL_PART_COUNT; part++) {
		uint64_t alignment =
			part == ELF_REL_DIGEST ? DIGEST_ALIGNMENT : rel->layout.page_size;
		int error;

		if ((!is_of_cpus(part) || rel->layout.cpus) != in_image)
			continue;
		if (align_up(position, *position, alignment))
			return log_error(log, -ENOEXEC, "purgatory object needs too large pages");
		rel->parts[part] = (struct range){*position, *position};
		error = place_sections(rel, part, true, log);
		if (!error)
			error = place_sections(rel, part, false, log);
		if (error)
			return error;
		*position = rel->parts[part].end;
	}
	return 0;
}

static int lay_out(struct elf_rel *rel, const struct log *log)
{
	uint64_t position = 0;
	int error;

	rel->offsets = calloc(rel->object.section_count, sizeof(*rel->offsets));
	if (!rel->offsets)
		return log_error(log, -ENOMEM, "not enough memory to lay out the purgatory object");
	error = place_parts(rel, true, &position, log);
	if (error)
		return error;
	if (!position || align_up(&rel->size, position, rel->layout.page_size))
		return log_error(log, -ENOEXEC, "purgatory object has nothing to load");
	position = rel->size;
	error = place_parts(rel, false, &position, log);
	if (error)
		return error;
	if (align_up(&rel->memory_size, position, IMAGE_ALIGNMENT))
		return log_error(log, -ENOEXEC, "purgatory object needs too large pages");
	return 0;
}

static int fill_image(struct elf_rel *rel, const struct log *log)
{
	rel->image = aligned_alloc(IMAGE_ALIGNMENT, rel->memory_size);
	if (!rel->image)
		return log_error(log, -ENOMEM, "not enough memory to load the purgatory object");
	memset(rel->image, 0, rel->memory_size);
	for (size_t i = 0; i < rel->object.section_count; i++) {
		const struct elf_section *section = &rel->object.sections[i];

		if (section->content)
			memcpy(rel->image + rel->offsets[i], section->content, section->size);
	}
	return 0;
}

static int make_room_for_changes(struct elf_rel *rel, const struct log *log)
{
	rel->changed = calloc(rel->object.symbol_count + 1, sizeof(*rel->changed));
	if (!rel->changed)
		return log_error(log, -ENOMEM, "not enough memory to read the purgatory object");
	return 0;
}

int elf_rel_open(struct elf_rel **rel, const void *object, size_t size, const struct arch *arch,
		 const struct elf_rel_layout *layout, const struct log *log)
{
	struct elf_rel *opened = calloc(1, sizeof(*opened));
	int error;

	if (!opened)
		return log_error(log, -ENOMEM, "not enough memory to read the purgatory object");
	opened->arch = arch;
	opened->layout = *layout;
	error = elf_object_open(&opened->object, object, size, arch->elf_machine, log);
	if (!error)
		error = lay_out(opened, log);
	if (!error)
		error = make_room_for_changes(opened, log);
	if (!error)
		error = fill_image(opened, log);
	if (error) {
		elf_rel_close(opened);
		return error;
	}
	*rel = opened;
	return 0;
}

void elf_rel_close(struct elf_rel *rel)
{
	if (!rel)
		return;
	elf_object_close(&rel->object);
	free(rel->offsets);
	free(rel->changed);
	free(rel->image);
	free(rel);
}

uint64_t elf_rel_size(const struct elf_rel *rel)
{
	return rel->size;
}

const uint8_t *elf_rel_image(const struct elf_rel *rel)
{
	return rel->image;
}

struct range elf_rel_part_range(const struct elf_rel *rel, enum elf_rel_part part)
{
	return rel->parts[part];
}

bool elf_rel_next_section(const struct elf_rel *rel, size_t *cursor,
			  struct elf_rel_section *section)
{
	while (*cursor < rel->object.section_count) {
		size_t i = (*cursor)++;
		const struct elf_section *loaded = &rel->object.sections[i];

		if (!loaded->loaded)
			continue;
		section->name = loaded->name;
		section->range.start = rel->offsets[i];
		section->range.end = rel->offsets[i] + loaded->size;
		section->zeros = !loaded->content;
		return true;
	}
	return false;
}

static uint64_t symbol_address(const struct elf_rel *rel, const struct elf_symbol *symbol)
{
	if (!symbol->section)
		return symbol->value;
	return rel->address + rel->offsets[symbol->section] + symbol->value;
}

/* Turn a relocation of the object into one with addresses. */
static struct relocation locate(const struct elf_rel *rel, const struct elf_relocation *entry)
{
	uint64_t offset = rel->offsets[entry->section] + entry->offset;

	return (struct relocation){
		.location = rel->image + offset,
		.available = rel->object.sections[entry->section].size - entry->offset,
		.type = entry->type,
		.place = rel->address + offset,
		.symbol = symbol_address(rel, &rel->object.symbols[entry->symbol]),
		.addend = entry->addend,
	};
}

/* The relocation of that type at the run-time address @place. Returns false if there is none. */
static bool find_at(const struct elf_rel *rel, uint32_t type, uint64_t place,
		    struct relocation *found)
{
	for (size_t i = 0; i < rel->object.relocation_count; i++) {
		const struct elf_relocation *entry = &rel->object.relocations[i];

		if (entry->type != type)
			continue;
		*found = locate(rel, entry);
		if (found->place == place)
			return true;
	}
	return false;
}

/* Find the other one of a pair, if @relocation is part of one. Returns false if there is none. */
static bool find_paired(const struct elf_rel *rel, const struct relocation *relocation,
			struct relocation *paired)
{
	const struct relocation_pair *pair = rel->arch->relocation_pairs;

	for (; pair && pair->type; pair++)
		if (pair->type == relocation->type)
			return find_at(rel, pair->with, relocation->symbol, paired);
	return false;
}

static const char *relocate_error_text(int error)
{
	switch (error) {
	case -ERANGE:
		return "does not reach or is not aligned";
	case -ENOTSUP:
		return "is not supported; compile purgatory so that it does not occur";
	case -ENOENT:
		return "lacks the one that it is paired with; rebuild kexec";
	default:
		return "is malformed; rebuild kexec";
	}
}

static int relocate_one(struct elf_rel *rel, const struct elf_relocation *entry,
			const struct log *log)
{
	struct relocation relocation = locate(rel, entry);
	struct relocation paired;
	int error;

	if (find_paired(rel, &relocation, &paired))
		relocation.paired = &paired;
	error = rel->arch->relocate(&relocation);
	if (!error)
		return 0;
	return log_error(log, error == -ERANGE ? -ERANGE : -ENOEXEC,
			 "purgatory object: relocation type %" PRIu32 " against '%s' at 0x%" PRIx64
			 " of section '%s' %s",
			 entry->type, rel->object.symbols[entry->symbol].name, entry->offset,
			 rel->object.sections[entry->section].name, relocate_error_text(error));
}

int elf_rel_relocate(struct elf_rel *rel, uint64_t address, const struct log *log)
{
	struct range range;

	if (rel->relocated)
		return log_error(log, -EINVAL, "purgatory was relocated already");
	if (address & (rel->layout.page_size - 1))
		return log_error(log, -EINVAL,
				 "purgatory's address 0x%" PRIx64 " is no multiple of the page "
				 "size 0x%" PRIx64,
				 address, rel->layout.page_size);
	if (range_make(&range, address, rel->memory_size))
		return log_error(log, -ERANGE,
				 "purgatory at 0x%" PRIx64 " ends beyond the address space",
				 address);
	rel->address = address;
	rel->relocated = true;
	for (size_t i = 0; i < rel->object.relocation_count; i++) {
		int error = relocate_one(rel, &rel->object.relocations[i], log);

		if (error)
			return error;
	}
	return 0;
}

/*
 * Find a symbol by name, among those that are not local, because several local ones may have the
 * same name.
 */
static const struct elf_symbol *find_symbol(const struct elf_rel *rel, const char *name)
{
	for (size_t i = 1; rel->relocated && i < rel->object.symbol_count; i++)
		if (!rel->object.symbols[i].local && !strcmp(rel->object.symbols[i].name, name))
			return &rel->object.symbols[i];
	return NULL;
}

/* Report why find_symbol() found none. */
static int refuse_symbol(const struct elf_rel *rel, const char *name, const struct log *log)
{
	if (!rel->relocated)
		return log_error(log, -EINVAL,
				 "purgatory's symbol '%s' has no address before relocation", name);
	return log_error(log, -ENOENT, "purgatory has no symbol '%s'; rebuild kexec", name);
}

int elf_rel_set_symbol(struct elf_rel *rel, const char *name, const void *value, size_t size,
		       const struct log *log)
{
	const struct elf_symbol *symbol = find_symbol(rel, name);

	if (!symbol)
		return refuse_symbol(rel, name, log);
	if (symbol->type != STT_OBJECT || !symbol->section ||
	    !rel->object.sections[symbol->section].loaded ||
	    rel->offsets[symbol->section] >= rel->size)
		return log_error(log, -EINVAL,
				 "purgatory's symbol '%s' is no data object that can be set", name);
	if (symbol->size != size)
		return log_error(log, -EINVAL,
				 "purgatory's symbol '%s' has %" PRIu64
				 " bytes, but %zu are to be set; rebuild kexec",
				 name, symbol->size, size);
	memcpy(rel->image + rel->offsets[symbol->section] + symbol->value, value, size);
	rel->changed[symbol - rel->object.symbols] = true;
	return 0;
}

bool elf_rel_next_set_symbol(const struct elf_rel *rel, size_t *cursor, const char **name,
			     uint64_t *address)
{
	while (*cursor < rel->object.symbol_count) {
		const size_t i = (*cursor)++;

		if (!rel->changed[i])
			continue;
		*name = rel->object.symbols[i].name;
		*address = symbol_address(rel, &rel->object.symbols[i]);
		return true;
	}
	return false;
}

int elf_rel_get_symbol(const struct elf_rel *rel, const char *name, uint64_t *address,
		       uint64_t *size, const struct log *log)
{
	const struct elf_symbol *symbol = find_symbol(rel, name);

	if (!symbol)
		return refuse_symbol(rel, name, log);
	*address = symbol_address(rel, symbol);
	*size = symbol->size;
	return 0;
}
