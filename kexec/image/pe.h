/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The Portable Executable format of EFI applications, as far as kernels need it: its sections, and
 * whether it is signed. Layout: the "PE Format" specification.
 */
#ifndef IMAGE_PE_H
#define IMAGE_PE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "image/file.h"

/* Bytes of a section's name, which has no NUL if it fills them. */
#define PE_NAME_SIZE 8

/* A file whose headers lie inside of it. */
struct pe {
	const struct image_bytes *file;
	uint16_t machine;  /* IMAGE_FILE_MACHINE_* */
	bool is_signed;	   /* it has a table of certificates, which is not read */
	uint64_t sections; /* offset of the section table */
	unsigned int section_count;
};

struct pe_section {
	char name[PE_NAME_SIZE + 1];
	uint32_t offset; /* of its data in the file; not checked */
	uint32_t size;	 /* of its data in the file, without padding; not checked */
};

/* Read the headers. Returns 0, or -ENOEXEC if they are not those of a PE file, or not whole. */
int pe_open(struct pe *pe, const struct image_bytes *file);

/* The section of that index, which is below section_count. */
struct pe_section pe_section_read(const struct pe *pe, unsigned int index);

/* The size that the file must have at least, as far as its headers tell; 0 if it is no PE file. */
uint64_t pe_minimal_size(const struct image_bytes *file);

#endif
