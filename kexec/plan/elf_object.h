/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The contents of a relocatable ELF object (ET_REL), read with libelf and checked once, so that the
 * code that lays it out and relocates it can trust every index and offset.
 */
#ifndef PLAN_ELF_OBJECT_H
#define PLAN_ELF_OBJECT_H

#include <libelf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/log.h"

/* A section. Those that are not loaded are listed only to keep the numbering. */
struct elf_section {
	const char *name;
	bool loaded;		/* SHF_ALLOC; the other fields are set only then */
	bool write;		/* SHF_WRITE; never together with the next */
	bool execute;		/* SHF_EXECINSTR */
	const uint8_t *content; /* size bytes, or NULL for zeros (SHT_NOBITS) */
	uint64_t size;
	uint64_t alignment; /* a power of two */
};

/* A symbol; the first one, number 0, is the ELF format's null symbol: no name, no section. */
struct elf_symbol {
	const char *name; /* that of its section if the symbol has none */
	uint64_t value;	  /* offset in its section, or the value itself if it is absolute */
	uint64_t size;
	uint32_t section; /* below section_count; 0: none, the value is absolute */
	uint8_t type;	  /* STT_* */
	bool local;	  /* STB_LOCAL: it cannot be found by its name */
};

/* A relocation of a loaded section. */
struct elf_relocation {
	uint32_t section; /* a loaded one with content */
	uint32_t symbol;  /* below symbol_count; loaded or absolute */
	uint32_t type;
	uint64_t offset; /* in the section, at most its size */
	int64_t addend;
};

struct elf_object {
	Elf *elf; /* owned; keeps the names and contents */
	struct elf_section *sections;
	size_t section_count;
	struct elf_symbol *symbols;
	size_t symbol_count;
	struct elf_relocation *relocations;
	size_t relocation_count;
};

/*
 * Read the object of @size bytes at @bytes, which must stay valid until elf_object_close(). Refuses
 * another class, byte order, type or machine (EM_*) than asked for, malformed contents, undefined
 * and common symbols, and sections to be loaded that are neither SHT_PROGBITS nor SHT_NOBITS, both
 * writable and executable, compressed, or thread-local. Returns 0, or -ENOEXEC, -ENOMEM with a
 * message; then there is nothing to close.
 */
int elf_object_open(struct elf_object *object, const void *bytes, size_t size, uint16_t machine,
		    const struct log *log);

void elf_object_close(struct elf_object *object);

#endif
