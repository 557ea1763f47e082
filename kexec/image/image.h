/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What to boot: a kernel, read from one of several file formats into one form.
 */
#ifndef IMAGE_IMAGE_H
#define IMAGE_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#include "arch/arch.h"
#include "cli/log.h"
#include "image/file.h"

/* More than any vmlinux has; one part each becomes a segment, see PLAN_SEGMENT_MAX. */
#define IMAGE_PART_MAX 8

/*
 * Each part becomes a segment, and a segment begins at a page: no two parts share a page, whatever
 * kernel runs here.
 */
#define IMAGE_PART_ALIGNMENT PAGE_SIZE_MAX

/* Larger than any machine's memory (physical addresses have at most 52 bits on arm64 and 56 on
 * riscv64): a header that asks for more is damaged. Sums of two such sizes cannot overflow. */
#define IMAGE_MEMORY_MAX (UINT64_C(1) << 56)

/* A piece of the kernel to be loaded. */
struct image_part {
	uint64_t offset;     /* from the first part's start, a multiple of IMAGE_PART_ALIGNMENT */
	const uint8_t *data; /* in the file or in the copy; not owned */
	uint64_t size;
	uint64_t memory_size; /* at least size; the rest is zero */
};

/* Bytes in what an image owns; data NULL: there are none. */
struct image_bytes {
	const uint8_t *data;
	size_t size;
};

struct image {
	/* The name of the format, for messages and --debug. */
	const char *format;
	/* By offset; parts[0].offset is 0. */
	struct image_part parts[IMAGE_PART_MAX];
	size_t part_count;
	/* Bytes from the first part's start that the kernel needs for itself: all parts, and what
	 * it uses behind them before it knows what is reserved. */
	uint64_t memory_size;
	/* Of the first part's start from an address aligned to arch->kernel_alignment; smaller than
	 * that. Where it is not page-aligned the plan refuses it. */
	uint64_t text_offset;
	uint64_t entry; /* offset of the entry from the first part's start */

	/* The Image or ELF file itself, taken out of whatever it came in: what kexec_file_load(2)
	 * understands. */
	struct image_bytes kernel;

	/* What the file brings along, as unified kernel images and FIT images do. */
	struct image_bytes initrd;
	struct image_bytes devicetree;
	struct image_bytes command_line; /* without a NUL */

	struct file_bytes file; /* what the parts point into; owned */
	uint8_t *merged;	/* what the parts point into that could not be used as they lie in
				   the file, or NULL; owned */
};

/* A file format: probe looks at the first bytes only, load checks everything. */
struct image_format {
	const char *name;  /* of --type: "Image", "vmlinux" */
	const char *alias; /* another name that --type takes: kexec-tools' on riscv64 */
	const char *help;  /* one line for --help */
	/* Returns 0 if the bytes are of this format, else -ENOEXEC; prints nothing. */
	int (*probe)(const struct file_bytes *bytes);
	/* Fill @image from image->file. Returns 0, or -ENOEXEC, -ENOMEM with a message; what
	 * @image owns then is still freed by image_close(). */
	int (*load)(struct image *image, const struct arch *arch, const char *path,
		    const struct log *log);
};

/* The probe table, in the order in which formats are tried, ended by one without a name. */
extern const struct image_format image_formats[];

/*
 * Read the kernel at @path for @arch. @type is the argument of --type or NULL; @limit bounds what a
 * compressed file may expand to, in bytes. The file is mapped, or decompressed to anonymous memory.
 * Returns 0, or -errno with a message, and nothing to close then; an unknown format names all that
 * were tried.
 */
int image_open(struct image *image, const struct arch *arch, const char *path, const char *type,
	       uint64_t limit, const struct log *log);

/* Free what the image owns; harmless on a zeroed struct. */
void image_close(struct image *image);

#endif
