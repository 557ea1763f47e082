/* SPDX-License-Identifier: GPL-2.0-only */
/* Making relocatable ELF objects in memory, and the header of a core file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "elf_builder.h"

/* What cannot go on without memory or room is a broken test. */
static void require(int condition, const char *what)
{
	if (condition)
		return;
	fprintf(stderr, "elf_builder: %s\n", what);
	abort();
}

Elf64_Ehdr elf_builder_core_header(uint64_t program_headers, uint16_t count)
{
	return (Elf64_Ehdr){
		.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
			    EV_CURRENT},
		.e_type = ET_CORE,
		.e_machine = EM_AARCH64,
		.e_version = EV_CURRENT,
		.e_phoff = program_headers,
		.e_ehsize = sizeof(Elf64_Ehdr),
		.e_phentsize = sizeof(Elf64_Phdr),
		.e_phnum = count,
	};
}

void elf_builder_init(struct elf_builder *builder, uint16_t machine)
{
	memset(builder, 0, sizeof(*builder));
	memcpy(builder->header.e_ident, ELFMAG, SELFMAG);
	builder->header.e_ident[EI_CLASS] = ELFCLASS64;
	builder->header.e_ident[EI_DATA] = ELFDATA2LSB;
	builder->header.e_ident[EI_VERSION] = EV_CURRENT;
	builder->header.e_type = ET_REL;
	builder->header.e_machine = machine;
	builder->header.e_version = EV_CURRENT;
	builder->header.e_ehsize = sizeof(Elf64_Ehdr);
	builder->header.e_shentsize = sizeof(Elf64_Shdr);
	builder->section_count = 1;
	builder->symbol_count = 1;
	builder->section_names[0] = "";
	builder->symbol_names[0] = "";
}

size_t elf_builder_section(struct elf_builder *builder, const char *name, uint32_t type,
			   uint64_t flags, uint64_t alignment, const void *content, uint64_t size)
{
	size_t index = builder->section_count++;

	require(index < ELF_BUILDER_SECTION_MAX, "too many sections");
	builder->section_names[index] = name;
	builder->contents[index] = content;
	builder->sections[index].sh_type = type;
	builder->sections[index].sh_flags = flags;
	builder->sections[index].sh_addralign = alignment;
	builder->sections[index].sh_size = size;
	return index;
}

size_t elf_builder_symbol(struct elf_builder *builder, const char *name, unsigned char type,
			  uint16_t section, uint64_t value, uint64_t size)
{
	size_t index = builder->symbol_count++;

	require(index < ELF_BUILDER_SYMBOL_MAX, "too many symbols");
	builder->symbol_names[index] = name;
	builder->symbols[index].st_info = ELF64_ST_INFO(STB_GLOBAL, type);
	builder->symbols[index].st_shndx = section;
	builder->symbols[index].st_value = value;
	builder->symbols[index].st_size = size;
	return index;
}

void elf_builder_relocation(struct elf_builder *builder, size_t section, uint64_t offset,
			    size_t symbol, uint32_t type, int64_t addend)
{
	size_t index = builder->relocation_count++;

	require(index < ELF_BUILDER_RELOCATION_MAX, "too many relocations");
	builder->relocation_sections[index] = section;
	builder->relocations[index].r_offset = offset;
	builder->relocations[index].r_info = ELF64_R_INFO((uint64_t)symbol, type);
	builder->relocations[index].r_addend = addend;
}

/* Put a name into a string table and return its offset. */
static uint32_t add_name(FILE *table, const char *name)
{
	long offset = ftell(table);

	require(fwrite(name, strlen(name) + 1, 1, table) == 1, "no memory");
	return (uint32_t)offset;
}

/* One table for each section that has relocations, in the order of the sections. */
static void add_relocation_tables(struct elf_builder *builder, Elf64_Rela *sorted)
{
	size_t count = builder->section_count, used = 0, table;

	for (size_t section = 1; section < count; section++) {
		size_t first = used;

		for (size_t i = 0; i < builder->relocation_count; i++)
			if (builder->relocation_sections[i] == section)
				sorted[used++] = builder->relocations[i];
		if (used == first)
			continue;
		table = elf_builder_section(builder, ".rela", SHT_RELA, 0, 8, sorted + first,
					    (used - first) * sizeof(*sorted));
		builder->sections[table].sh_info = (uint32_t)section;
		builder->sections[table].sh_entsize = sizeof(*sorted);
	}
}

static void write_aligned(FILE *file, const void *bytes, uint64_t size, Elf64_Off *offset)
{
	static const char padding[8];

	require(fwrite(padding, 1, (size_t)(-ftell(file) & 7), file) < 8, "no memory");
	*offset = (Elf64_Off)ftell(file);
	require(size == 0 || fwrite(bytes, size, 1, file) == 1, "no memory");
}

/* Symbols and names come last, when they are all known. */
static void add_tables(struct elf_builder *builder, FILE *names)
{
	size_t strings = builder->section_count + 1;

	builder->symbol_table =
		elf_builder_section(builder, ".symtab", SHT_SYMTAB, 0, 8, builder->symbols,
				    builder->symbol_count * sizeof(Elf64_Sym));
	builder->sections[builder->symbol_table].sh_entsize = sizeof(Elf64_Sym);
	builder->sections[builder->symbol_table].sh_link = (uint32_t)strings;
	builder->sections[builder->symbol_table].sh_info = 1;
	elf_builder_section(builder, ".strtab", SHT_STRTAB, 0, 1, NULL, 0);
	builder->header.e_shstrndx = (uint16_t)strings;
	for (size_t i = 0; i < builder->symbol_count; i++)
		builder->symbols[i].st_name = add_name(names, builder->symbol_names[i]);
	for (size_t i = 0; i < builder->section_count; i++) {
		builder->sections[i].sh_name = add_name(names, builder->section_names[i]);
		if (builder->sections[i].sh_type == SHT_RELA && !builder->sections[i].sh_link)
			builder->sections[i].sh_link = (uint32_t)builder->symbol_table;
	}
}

void *elf_builder_finish(struct elf_builder *builder, size_t *size)
{
	Elf64_Rela sorted[ELF_BUILDER_RELOCATION_MAX];
	char *strings, *object;
	size_t strings_size;
	FILE *names = open_memstream(&strings, &strings_size);
	FILE *file = open_memstream(&object, size);
	Elf64_Off unused;
	int error;

	require(names && file, "no memory");
	add_relocation_tables(builder, sorted);
	add_tables(builder, names);
	error = fclose(names);
	require(!error, "no memory");
	builder->contents[builder->section_count - 1] = strings;
	builder->sections[builder->section_count - 1].sh_size = strings_size;

	write_aligned(file, &builder->header, sizeof(builder->header), &unused);
	for (size_t i = 1; i < builder->section_count; i++)
		write_aligned(file, builder->contents[i],
			      builder->contents[i] ? builder->sections[i].sh_size : 0,
			      &builder->sections[i].sh_offset);
	write_aligned(file, builder->sections, builder->section_count * sizeof(Elf64_Shdr),
		      &builder->header.e_shoff);
	builder->header.e_shnum = (uint16_t)builder->section_count;
	error = fclose(file);
	require(!error, "no memory");
	memcpy(object, &builder->header, sizeof(builder->header));
	free(strings);
	return object;
}
