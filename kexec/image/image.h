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

/* More parts than any vmlinux has. Each part becomes a segment; see PLAN_SEGMENT_MAX. */
#define IMAGE_PART_MAX 8

/*
 * Each part becomes a segment, and a segment begins at a page, so two parts never share a page,
 * whatever page size the running kernel has.
 */
#define IMAGE_PART_ALIGNMENT PAGE_SIZE_MAX

/*
 * Larger than any machine's memory (physical addresses have at most 52 bits on arm64 and 56 on
 * riscv64). A header that asks for more is damaged. Sums of two such sizes cannot overflow.
 */
#define IMAGE_MEMORY_MAX (UINT64_C(1) << 56)

/* Containers within each other, with an Image or vmlinux in the last: a FIT of a unified kernel
 * image of a zboot image is possible. */
#define IMAGE_DEPTH_MAX 4

/* Each layer may need three copies: of the whole, of the kernel in it, and of its device tree. */
#define IMAGE_COPY_MAX ((size_t)3 * IMAGE_DEPTH_MAX)

/* The names of --type that one format has, and the NULL that ends them. */
#define IMAGE_NAME_MAX 4

/* A piece of the kernel that becomes a segment. */
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
	/*
	 * Bytes from the first part's start that the kernel needs for itself: all parts, and the
	 * memory behind them that it uses before it knows what is reserved.
	 */
	uint64_t memory_size;
	/*
	 * Offset of the first part's start from an address aligned to arch->kernel_alignment;
	 * smaller than that. The plan refuses an offset that is not page-aligned.
	 */
	uint64_t text_offset;
	bool anywhere;	/* it uses the RAM below itself: arch->image_flag_anywhere is set */
	uint64_t entry; /* offset of the entry from the first part's start */

	/*
	 * The Image or ELF file itself, without any container: kexec_file_load(2) understands this.
	 * While a file is read, the bytes that are still to be unpacked.
	 */
	struct image_bytes kernel;

	/*
	 * What else the file brings, as unified kernel images and FIT images do; data is NULL if it
	 * does not.
	 */
	struct image_bytes initrd;
	struct image_bytes devicetree;	 /* not checked yet */
	struct image_bytes command_line; /* without a NUL or white space at either end */

	/* The memory that all of the above points into; owned. */
	struct file_bytes
		file; /* the file as it was opened; empty once it was decompressed as a whole */
	struct file_bytes
		copies[IMAGE_COPY_MAX]; /* decompressed data, in the order of decompression */
	size_t copy_count;
	void *overlaid;	 /* a device tree with the file's overlays, or NULL; owned */
	uint8_t *merged; /* a copy for the parts that cannot be used as they lie in the file, or
			    NULL; owned */
};

/* What image_open() is asked for, and what messages need. */
struct image_request {
	const struct arch *arch; /* the kernel must be for this one */
	const char *path;
	const char *type;    /* the argument of --type, or NULL */
	uint64_t limit;	     /* of the size that anything compressed may expand to, in bytes */
	bool has_devicetree; /* the user names one, so a container's may be unusable */
	/*
	 * The board to boot on, which decides what is taken from a container for several boards;
	 * empty if it is not known. Not owned.
	 */
	struct compatible board;
	/*
	 * Hashes the chunks of a kernel while it is decompressed; may be NULL. If no kernel is read
	 * in the end, everything that was offered to it is withdrawn.
	 */
	struct chunk_hash *hash;
	const struct log *log;
};

/* A file format. The probe looks at the first bytes only; load checks everything. */
struct image_format {
	const char *names[IMAGE_NAME_MAX]; /* of --type; ours first, then those of kexec-tools */
	const char *help;		   /* one line for --help */
	/* True if it holds a kernel that itself is a file of one of these formats. */
	bool is_container;
	/* Returns 0 if the bytes are of this format, else -ENOEXEC; prints nothing. */
	int (*probe)(const struct image_bytes *bytes);
	/*
	 * Fill @image from the bytes of image->kernel. For a container, replace these by the kernel
	 * in it, and fill in what else it brings. Returns 0, or -errno with a message;
	 * image_close() frees what @image owns in both cases.
	 */
	int (*load)(struct image *image, const struct image_request *request);
};

/* The probe table, in the order in which formats are tried, ended by one without a name. */
extern const struct image_format image_formats[];

/*
 * Open the file @request->path and read the kernel from it. The file is mapped, or decompressed to
 * anonymous memory. Returns 0, or -errno with a message; then there is nothing to close. The
 * message about an unknown format names all formats that were tried.
 */
int image_open(struct image *image, const struct image_request *request);

/*
 * Do what image_open() does with the bytes of the file, which are in image->kernel. The rest of
 * @image is zero, except for the file if it owns one. Returns 0, or -errno with a message; the
 * caller calls image_close() in both cases.
 */
int image_read(struct image *image, const struct image_request *request);

/*
 * For containers: replace @bytes by the decompressed bytes, which @image then owns. Does nothing if
 * @compression is NULL. Returns 0, or -errno with a message.
 */
int image_decompress(struct image *image, struct image_bytes *bytes,
		     const struct compression *compression, const struct image_request *request);

/* For containers: fill in what they bring, unless an outer container has brought it already. */
void image_bring(struct image_bytes *place, struct image_bytes bytes);

/* Free what the image owns; harmless on a zeroed struct. */
void image_close(struct image *image);

#endif
