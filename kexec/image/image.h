/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What to boot: a kernel, read from one of several file formats into one form.
 */
#ifndef IMAGE_IMAGE_H
#define IMAGE_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arch/arch.h"
#include "base/log.h"
#include "devicetree/compatible.h"
#include "image/decompress.h"
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

/* Containers within each other, with an Image or vmlinux in the last: a FIT of a unified kernel
 * image of a zboot image is possible. */
#define IMAGE_DEPTH_MAX 4

/* What can be decompressed of each layer: all of it, the kernel in it, and its device tree. */
#define IMAGE_COPY_MAX ((size_t)3 * IMAGE_DEPTH_MAX)

/* Names of --type that one format has, and the NULL behind them. */
#define IMAGE_NAME_MAX 4

/* A piece of the kernel to be loaded. */
struct image_part {
	uint64_t offset;     /* from the first part's start, a multiple of IMAGE_PART_ALIGNMENT */
	const uint8_t *data; /* in the file or in the copy; not owned */
	uint64_t size;
	uint64_t memory_size; /* at least size; the rest is zero */
};

struct image {
	/* The name of the format that the kernel itself has, for messages and --debug. */
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
	bool anywhere;	/* it uses the RAM below itself: arch->image_flag_anywhere is set */
	uint64_t entry; /* offset of the entry from the first part's start */

	/* The Image or ELF file itself, taken out of whatever it came in: what kexec_file_load(2)
	 * understands. While a file is read, what is left of it to be taken apart. */
	struct image_bytes kernel;

	/* What the file brings along, as unified kernel images and FIT images do; data NULL where
	 * it does not. */
	struct image_bytes initrd;
	struct image_bytes devicetree;	 /* not checked yet */
	struct image_bytes command_line; /* without a NUL or white space at either end */

	/* What all of the above points into; owned. */
	struct file_bytes file; /* as it was opened; empty once all of it was decompressed */
	struct file_bytes copies[IMAGE_COPY_MAX]; /* decompressed, in the order of that */
	size_t copy_count;
	void *overlaid;	 /* a device tree with the file's overlays, or NULL; owned */
	uint8_t *merged; /* what the parts point into that could not be used as they lie in
			    the file, or NULL; owned */
};

/* What is asked for, and what messages say of it. */
struct image_request {
	const struct arch *arch; /* that the kernel must be for */
	const char *path;
	const char *type;    /* the argument of --type, or NULL */
	uint64_t limit;	     /* of what anything compressed may expand to, in bytes */
	bool has_devicetree; /* the user names one: a container's need not be fit for use */
	/* The board to boot on, by which a container that has something for several of them is
	 * asked; empty if it is not known. Not owned. */
	struct compatible board;
	/* Hashes the chunks of a kernel while that is decompressed, or NULL. If no kernel is read
	 * after all, everything that was offered to it is withdrawn. */
	struct chunk_hash *hash;
	const struct log *log;
};

/* A file format: probe looks at the first bytes only, load checks everything. */
struct image_format {
	const char *names[IMAGE_NAME_MAX]; /* of --type; ours first, then those of kexec-tools */
	const char *help;		   /* one line for --help */
	/* True if it holds a kernel that is a file of one of these formats itself. */
	bool is_container;
	/* Returns 0 if the bytes are of this format, else -ENOEXEC; prints nothing. */
	int (*probe)(const struct image_bytes *bytes);
	/*
	 * Fill @image from the bytes of image->kernel; or, of a container, replace these by the
	 * kernel in it, and fill in what else it brings. Returns 0, or -errno with a message; what
	 * @image owns then is still freed by image_close().
	 */
	int (*load)(struct image *image, const struct image_request *request);
};

/* The probe table, in the order in which formats are tried, ended by one without a name. */
extern const struct image_format image_formats[];

/*
 * Open the file @request->path and read the kernel from it. The file is mapped, or decompressed to
 * anonymous memory. Returns 0, or -errno with a message, and nothing to close then; an unknown
 * format names all that were tried.
 */
int image_open(struct image *image, const struct image_request *request);

/*
 * What image_open() does with the bytes of the file, which are in image->kernel; the rest of @image
 * is zero, but for the file if it owns one. Returns 0, or -errno with a message; image_close() is
 * due in both cases.
 */
int image_read(struct image *image, const struct image_request *request);

/*
 * For containers: replace @bytes by what they decompress to, which @image then owns. Nothing is
 * done if @compression is NULL. Returns 0, or -errno with a message.
 */
int image_decompress(struct image *image, struct image_bytes *bytes,
		     const struct compression *compression, const struct image_request *request);

/* For containers: fill in what they bring, unless one around them has brought the like. */
void image_bring(struct image_bytes *place, struct image_bytes bytes);

/* Free what the image owns; harmless on a zeroed struct. */
void image_close(struct image *image);

#endif
