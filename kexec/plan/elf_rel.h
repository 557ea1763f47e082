/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A relocatable ELF object (ET_REL) loaded the way a linker would: sections laid out, relocated to
 * a physical address, symbols patched. Used for purgatory.
 *
 * libelf does all reading of ELF. This file has the layout and the order of steps: elf_rel_open(),
 * elf_rel_relocate() once, elf_rel_set_symbol() any number of times.
 */
#ifndef PLAN_ELF_REL_H
#define PLAN_ELF_REL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/log.h"
#include "base/range.h"

struct arch;
struct elf_rel;

/*
 * The parts of the memory image, in this order, each starting on a page of its own (except the
 * digests, which follow the rodata directly, aligned to 64 bytes), so that each can have its own
 * permissions. An image without what several CPUs need has no hole there: these parts lie behind
 * it.
 */
enum elf_rel_part {
	ELF_REL_TEXT,	     /* SHF_EXECINSTR */
	ELF_REL_RODATA,	     /* neither SHF_EXECINSTR nor SHF_WRITE */
	ELF_REL_DIGEST,	     /* PURGATORY_DIGEST_SECTION */
	ELF_REL_CPUS_TEXT,   /* PURGATORY_CPUS_TEXT_SECTION */
	ELF_REL_CPUS_RODATA, /* PURGATORY_CPUS_RODATA_SECTION */
	ELF_REL_DATA,	     /* SHF_WRITE, SHT_NOBITS last */
	ELF_REL_PART_COUNT
};

/* Where a loaded section lies in the image, for tests that compare it with a linker's. */
struct elf_rel_section {
	const char *name;   /* valid until elf_rel_close() */
	struct range range; /* offsets in the memory image, or behind it */
	bool zeros;	    /* SHT_NOBITS: without contents in the object */
};

/* How an object is laid out. */
struct elf_rel_layout {
	uint64_t page_size; /* the alignment of the parts: a power of two, at least 4096 */
	bool cpus;	    /* the image has what several CPUs need */
};

/*
 * Lay out the object of @size bytes at @object, which must stay valid until elf_rel_close(). Class,
 * byte order and machine must be those of @arch; elf_object_open() says what else is refused.
 * Returns 0 and the handle, or -ENOEXEC, -ENOMEM with a message.
 */
int elf_rel_open(struct elf_rel **rel, const void *object, size_t size, const struct arch *arch,
		 const struct elf_rel_layout *layout, const struct log *log);

/* Size of the memory image in bytes, a multiple of the page size. */
uint64_t elf_rel_size(const struct elf_rel *rel);

/* The memory image, elf_rel_size() bytes, aligned to 4096; owned by @rel. */
const uint8_t *elf_rel_image(const struct elf_rel *rel);

/*
 * Offsets of a part in the memory image, [start, end) without padding at its end. Those of a part
 * that the image does not have are from elf_rel_size() on.
 */
struct range elf_rel_part_range(const struct elf_rel *rel, enum elf_rel_part part);

/*
 * The loaded section after *@cursor, which the caller sets to 0 before the first call, in the order
 * of the object. Returns false if there is no more.
 */
bool elf_rel_next_section(const struct elf_rel *rel, size_t *cursor,
			  struct elf_rel_section *section);

/*
 * Relocate the image to run at @address, a multiple of the page size. Call this once; after a
 * failure the handle can only be closed. Every relocation is checked for range and alignment; one
 * of an unsupported type is refused by its number, symbol and section. Returns 0, or -EINVAL
 * (@address), -ERANGE, -ENOEXEC with a message.
 */
int elf_rel_relocate(struct elf_rel *rel, uint64_t address, const struct log *log);

/*
 * Set the object @name, which must exist in the image, be a defined data object that is not local
 * to a source file, and have exactly @size bytes, to the bytes at @value; after elf_rel_relocate()
 * only. Returns 0, or -ENOENT, -EINVAL with a message.
 */
int elf_rel_set_symbol(struct elf_rel *rel, const char *name, const void *value, size_t size,
		       const struct log *log);

/*
 * The name, which belongs to the handle, and the run-time address of the symbol after *@cursor that
 * was set. The caller sets *@cursor to 0 before the first call. Returns false if there is no more.
 */
bool elf_rel_next_set_symbol(const struct elf_rel *rel, size_t *cursor, const char **name,
			     uint64_t *address);

/*
 * Run-time address and size of a defined symbol that is not local to a source file; after
 * elf_rel_relocate() only. Returns 0, or -ENOENT, -EINVAL with a message.
 */
int elf_rel_get_symbol(const struct elf_rel *rel, const char *name, uint64_t *address,
		       uint64_t *size, const struct log *log);

/* Free the handle; NULL is allowed. */
void elf_rel_close(struct elf_rel *rel);

#endif
