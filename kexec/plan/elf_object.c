/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reading a relocatable ELF object. Nothing in it is trusted: purgatory is built with kexec, but a
 * damaged one must be refused before anything is loaded.
 */
#include <errno.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>

#include "plan/elf_object.h"

/*
 * The flags that a loaded section may have. SHF_MERGE and SHF_STRINGS allow a linker something, but
 * ask for nothing.
 */
#define SECTION_FLAGS                                                                  \
	(SHF_ALLOC | SHF_WRITE | SHF_EXECINSTR | SHF_MERGE | SHF_STRINGS | SHF_GROUP | \
	 SHF_GNU_RETAIN)

static int refuse_by_libelf(const struct log *log)
{
	return log_error(log, -ENOEXEC, "purgatory object is damaged: %s; rebuild kexec",
			 elf_errmsg(-1));
}

static int refuse_malformed(const struct log *log, const char *what, size_t number)
{
	return log_error(log, -ENOEXEC,
			 "purgatory object is damaged: %s %zu is malformed; rebuild kexec", what,
			 number);
}

static int no_memory(const struct log *log)
{
	return log_error(log, -ENOMEM, "not enough memory to read the purgatory object");
}

static int check_header(Elf *elf, uint16_t machine, const struct log *log)
{
	GElf_Ehdr header;

	if (elf_kind(elf) != ELF_K_ELF || !gelf_getehdr(elf, &header))
		return log_error(log, -ENOEXEC, "purgatory object is not an ELF file");
	if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB)
		return log_error(log, -ENOEXEC,
				 "purgatory object is not 64-bit little-endian ELF (class %d, data "
				 "encoding %d)",
				 header.e_ident[EI_CLASS], header.e_ident[EI_DATA]);
	if (header.e_type != ET_REL)
		return log_error(log, -ENOEXEC,
				 "purgatory object is not relocatable (ELF type %d); link it with "
				 "ld -r",
				 header.e_type);
	if (header.e_machine != machine)
		return log_error(log, -ENOEXEC,
				 "purgatory object is for ELF machine %d, machine %d is needed",
				 header.e_machine, machine);
	return 0;
}

/* The bytes of a section, or NULL if not all of them are in the file. */
static const uint8_t *section_content(Elf_Scn *scn, const GElf_Shdr *header)
{
	const Elf_Data *data = elf_rawdata(scn, NULL);

	if (!data || !data->d_buf || data->d_size != header->sh_size)
		return NULL;
	return data->d_buf;
}

/* Check and read a section with SHF_ALLOC. */
static int read_loaded_section(struct elf_section *section, Elf_Scn *scn, const GElf_Shdr *header,
			       const struct log *log)
{
	const char *name = section->name;

	if (header->sh_type != SHT_PROGBITS && header->sh_type != SHT_NOBITS)
		return log_error(log, -ENOEXEC,
				 "purgatory object: section '%s' has type 0x%x, which cannot be "
				 "loaded; build purgatory without it",
				 name, header->sh_type);
	if (header->sh_flags & ~(GElf_Xword)SECTION_FLAGS)
		return log_error(log, -ENOEXEC,
				 "purgatory object: section '%s' has flags 0x%llx, which cannot be "
				 "loaded; build purgatory without it",
				 name, (unsigned long long)header->sh_flags);
	section->loaded = true;
	section->write = header->sh_flags & SHF_WRITE;
	section->execute = header->sh_flags & SHF_EXECINSTR;
	section->size = header->sh_size;
	section->alignment = header->sh_addralign ? header->sh_addralign : 1;
	if (section->write && section->execute)
		return log_error(log, -ENOEXEC,
				 "purgatory object: section '%s' is both writable and executable; "
				 "purgatory must keep the two apart",
				 name);
	if (section->alignment & (section->alignment - 1))
		return log_error(log, -ENOEXEC,
				 "purgatory object is damaged: alignment of section '%s' is no "
				 "power of two; rebuild kexec",
				 name);
	if (header->sh_type == SHT_NOBITS || !section->size)
		return 0;
	section->content = section_content(scn, header);
	return section->content ? 0 : refuse_by_libelf(log);
}

static int read_sections(struct elf_object *object, const struct log *log)
{
	Elf_Scn *scn = NULL;
	size_t names;

	if (elf_getshdrnum(object->elf, &object->section_count) ||
	    elf_getshdrstrndx(object->elf, &names))
		return refuse_by_libelf(log);
	object->sections = calloc(object->section_count + 1, sizeof(*object->sections));
	if (!object->sections)
		return no_memory(log);
	while ((scn = elf_nextscn(object->elf, scn))) {
		size_t index = elf_ndxscn(scn);
		GElf_Shdr header;
		int error;

		if (index >= object->section_count || !gelf_getshdr(scn, &header))
			return refuse_malformed(log, "section", index);
		object->sections[index].name = elf_strptr(object->elf, names, header.sh_name);
		if (!object->sections[index].name)
			return refuse_malformed(log, "name of section", index);
		if (!(header.sh_flags & SHF_ALLOC))
			continue;
		error = read_loaded_section(&object->sections[index], scn, &header, log);
		if (error)
			return error;
	}
	return 0;
}

/* Refuse symbols that need something besides this object. */
static int check_symbol_kind(const GElf_Sym *entry, const char *name, const struct log *log)
{
	int type = GELF_ST_TYPE(entry->st_info);

	if (entry->st_shndx == SHN_UNDEF)
		return log_error(log, -ENOEXEC,
				 "purgatory object: symbol '%s' is undefined; purgatory must be "
				 "complete in itself",
				 name);
	if (entry->st_shndx == SHN_COMMON)
		return log_error(log, -ENOEXEC,
				 "purgatory object: symbol '%s' is a common symbol; compile "
				 "purgatory with -fno-common",
				 name);
	if (type == STT_TLS || type == STT_GNU_IFUNC)
		return log_error(
			log, -ENOEXEC,
			"purgatory object: symbol '%s' has type %d, which only a C library "
			"can serve",
			name, type);
	return 0;
}

/* Check the section that a symbol is defined in. */
static int check_symbol_section(const struct elf_symbol *symbol, const struct elf_section *section,
				const struct log *log)
{
	if (!section->loaded)
		return 0;
	if (symbol->value > section->size || symbol->size > section->size - symbol->value)
		return log_error(log, -ENOEXEC,
				 "purgatory object is damaged: symbol '%s' lies outside of its "
				 "section '%s'; rebuild kexec",
				 symbol->name, section->name);
	return 0;
}

static int read_symbol(struct elf_object *object, size_t number, const GElf_Sym *entry,
		       const char *name, const struct log *log)
{
	struct elf_symbol *symbol = &object->symbols[number];
	int error;

	error = check_symbol_kind(entry, name, log);
	if (error)
		return error;
	symbol->name = name;
	symbol->value = entry->st_value;
	symbol->size = entry->st_size;
	symbol->type = GELF_ST_TYPE(entry->st_info);
	symbol->local = GELF_ST_BIND(entry->st_info) == STB_LOCAL;
	if (entry->st_shndx == SHN_ABS)
		return 0;
	if (entry->st_shndx >= SHN_LORESERVE || entry->st_shndx >= object->section_count)
		return refuse_malformed(log, "symbol", number);
	symbol->section = entry->st_shndx;
	if (symbol->type == STT_SECTION)
		symbol->name = object->sections[symbol->section].name;
	return check_symbol_section(symbol, &object->sections[symbol->section], log);
}

/* A table's data with entries of @entry_size bytes, converted by libelf; NULL if malformed. */
static Elf_Data *table_data(Elf_Scn *scn, const GElf_Shdr *header, size_t entry_size)
{
	Elf_Data *data;

	if (header->sh_entsize != entry_size || header->sh_flags & SHF_COMPRESSED)
		return NULL;
	data = elf_getdata(scn, NULL);
	if (!data || data->d_size != header->sh_size || data->d_size % entry_size)
		return NULL;
	return data;
}

static int read_symbol_table(struct elf_object *object, Elf_Scn *scn, const GElf_Shdr *header,
			     const struct log *log)
{
	Elf_Data *data = table_data(scn, header, sizeof(Elf64_Sym));
	size_t count;

	if (!data || data->d_size == 0)
		return refuse_malformed(log, "symbol table, section", elf_ndxscn(scn));
	count = data->d_size / sizeof(Elf64_Sym);
	object->symbols = calloc(count, sizeof(*object->symbols));
	if (!object->symbols)
		return no_memory(log);
	object->symbol_count = count;
	object->symbols[0].name = "";
	for (size_t i = 1; i < count; i++) {
		const char *name = NULL;
		GElf_Sym entry;
		int error;

		if (gelf_getsym(data, (int)i, &entry))
			name = elf_strptr(object->elf, header->sh_link, entry.st_name);
		if (!name)
			return refuse_malformed(log, "symbol", i);
		error = read_symbol(object, i, &entry, name, log);
		if (error)
			return error;
	}
	return 0;
}

/* Find the one symbol table and read it. */
static int read_symbols(struct elf_object *object, size_t *table, const struct log *log)
{
	Elf_Scn *scn = NULL;

	*table = 0;
	while ((scn = elf_nextscn(object->elf, scn))) {
		GElf_Shdr header;
		int error;

		if (!gelf_getshdr(scn, &header))
			return refuse_by_libelf(log);
		if (header.sh_type != SHT_SYMTAB)
			continue;
		if (*table)
			return refuse_malformed(log, "second symbol table, section",
						elf_ndxscn(scn));
		*table = elf_ndxscn(scn);
		error = read_symbol_table(object, scn, &header, log);
		if (error)
			return error;
	}
	if (!*table)
		return log_error(log, -ENOEXEC,
				 "purgatory object has no symbol table; do not strip it");
	return 0;
}

static int read_relocation(struct elf_object *object, uint32_t target, const GElf_Rela *entry,
			   const struct log *log)
{
	const struct elf_section *section = &object->sections[target];
	struct elf_relocation *relocation = &object->relocations[object->relocation_count];
	const struct elf_symbol *symbol;

	relocation->section = target;
	relocation->symbol = (uint32_t)GELF_R_SYM(entry->r_info);
	relocation->type = (uint32_t)GELF_R_TYPE(entry->r_info);
	relocation->offset = entry->r_offset;
	relocation->addend = entry->r_addend;
	if (relocation->symbol >= object->symbol_count || relocation->offset > section->size)
		return log_error(log, -ENOEXEC,
				 "purgatory object is damaged: a relocation of section '%s' points "
				 "nowhere (offset 0x%llx, symbol %u); rebuild kexec",
				 section->name, (unsigned long long)relocation->offset,
				 relocation->symbol);
	symbol = &object->symbols[relocation->symbol];
	if (symbol->section && !object->sections[symbol->section].loaded)
		return log_error(log, -ENOEXEC,
				 "purgatory object: section '%s' refers to '%s' in section '%s', "
				 "which is not loaded",
				 section->name, symbol->name,
				 object->sections[symbol->section].name);
	object->relocation_count++;
	return 0;
}

static int read_relocation_table(struct elf_object *object, uint32_t target, Elf_Scn *scn,
				 const GElf_Shdr *header, const struct log *log)
{
	Elf_Data *data = table_data(scn, header, sizeof(Elf64_Rela));
	struct elf_relocation *grown;
	size_t count;

	if (!data)
		return refuse_malformed(log, "relocation table, section", elf_ndxscn(scn));
	count = data->d_size / sizeof(Elf64_Rela);
	grown = reallocarray(object->relocations, object->relocation_count + count + 1,
			     sizeof(*grown));
	if (!grown)
		return no_memory(log);
	object->relocations = grown;
	for (size_t i = 0; i < count; i++) {
		GElf_Rela entry;
		int error;

		if (!gelf_getrela(data, (int)i, &entry))
			return refuse_by_libelf(log);
		error = read_relocation(object, target, &entry, log);
		if (error)
			return error;
	}
	return 0;
}

/* Read the relocations of loaded sections; those of debug information are skipped. */
static int read_relocations(struct elf_object *object, size_t symbol_table, const struct log *log)
{
	Elf_Scn *scn = NULL;

	while ((scn = elf_nextscn(object->elf, scn))) {
		GElf_Shdr header;
		int error;

		if (!gelf_getshdr(scn, &header))
			return refuse_by_libelf(log);
		if (header.sh_type != SHT_RELA && header.sh_type != SHT_REL)
			continue;
		if (header.sh_info >= object->section_count || header.sh_link != symbol_table)
			return refuse_malformed(log, "relocation table, section", elf_ndxscn(scn));
		if (!object->sections[header.sh_info].loaded)
			continue;
		if (header.sh_type == SHT_REL || !object->sections[header.sh_info].content)
			return log_error(log, -ENOEXEC,
					 "purgatory object: section '%s' has relocations in a form "
					 "that arm64 and riscv64 do not use",
					 object->sections[header.sh_info].name);
		error = read_relocation_table(object, header.sh_info, scn, &header, log);
		if (error)
			return error;
	}
	return 0;
}

int elf_object_open(struct elf_object *object, const void *bytes, size_t size, uint16_t machine,
		    const struct log *log)
{
	size_t symbol_table;
	int error;

	memset(object, 0, sizeof(*object));
	elf_version(EV_CURRENT);
	/*
	 * elf_memory() takes a char * because libelf can write through it; it does not do so here
	 */
	object->elf = elf_memory((char *)(uintptr_t)bytes, size);
	if (!object->elf)
		return refuse_by_libelf(log);
	error = check_header(object->elf, machine, log);
	if (!error)
		error = read_sections(object, log);
	if (!error)
		error = read_symbols(object, &symbol_table, log);
	if (!error)
		error = read_relocations(object, symbol_table, log);
	if (error)
		elf_object_close(object);
	return error;
}

void elf_object_close(struct elf_object *object)
{
	free(object->sections);
	free(object->symbols);
	free(object->relocations);
	elf_end(object->elf);
	memset(object, 0, sizeof(*object));
}
