/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Makes relocatable ELF objects in memory, good ones and such as no compiler makes, so that the
 * tests need neither a cross compiler nor files.
 */
#ifndef TESTS_ELF_BUILDER_H
#define TESTS_ELF_BUILDER_H

#include <elf.h>
#include <stddef.h>
#include <stdint.h>

#define ELF_BUILDER_SECTION_MAX	   16
#define ELF_BUILDER_SYMBOL_MAX	   16
#define ELF_BUILDER_RELOCATION_MAX 16

struct elf_builder {
	Elf64_Ehdr header;
	/* sh_name and sh_offset are filled in by elf_builder_finish() */
	Elf64_Shdr sections[ELF_BUILDER_SECTION_MAX];
	const char *section_names[ELF_BUILDER_SECTION_MAX];
	const void *contents[ELF_BUILDER_SECTION_MAX];
	size_t section_count;
	Elf64_Sym symbols[ELF_BUILDER_SYMBOL_MAX];
	const char *symbol_names[ELF_BUILDER_SYMBOL_MAX];
	size_t symbol_count;
	Elf64_Rela relocations[ELF_BUILDER_RELOCATION_MAX];
	size_t relocation_sections[ELF_BUILDER_RELOCATION_MAX];
	size_t relocation_count;
	size_t symbol_table; /* number of the section that elf_builder_finish() will make */
};

/* The header of an arm64 kernel's core file with @count program headers, which are at that offset.
 */
Elf64_Ehdr elf_builder_core_header(uint64_t program_headers, uint16_t count);

/* Begin an object for that machine (EM_*); all fields may be changed until it is finished. */
void elf_builder_init(struct elf_builder *builder, uint16_t machine);

/*
 * Add a section and return its number. @content, of @size bytes, must stay valid until the object
 * is finished; NULL is for SHT_NOBITS.
 */
size_t elf_builder_section(struct elf_builder *builder, const char *name, uint32_t type,
			   uint64_t flags, uint64_t alignment, const void *content, uint64_t size);

/* Add a global symbol and return its number. */
size_t elf_builder_symbol(struct elf_builder *builder, const char *name, unsigned char type,
			  uint16_t section, uint64_t value, uint64_t size);

/* Add a relocation of a section. */
void elf_builder_relocation(struct elf_builder *builder, size_t section, uint64_t offset,
			    size_t symbol, uint32_t type, int64_t addend);

/* The object, to be freed, and its size. The section headers are the last thing in it. */
void *elf_builder_finish(struct elf_builder *builder, size_t *size);

#endif
