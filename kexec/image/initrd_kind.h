/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether a file is an initrd for Linux, or another kind of file that a user has named by mistake.
 * Only the first bytes are looked at.
 */
#ifndef IMAGE_INITRD_KIND_H
#define IMAGE_INITRD_KIND_H

#include "image/file.h"

/*
 * The smallest size in bytes of an initrd that boots: a cpio archive that is not larger, compressed
 * or not, has no room for a program that could be /init.
 */
#define INITRD_SIZE_MIN 512

/* A file that Linux does not take for an initrd. */
struct foreign_initrd {
	const char *name;   /* what it looks like, after "is": "a device tree" */
	const char *remedy; /* what to do instead, in the imperative */
};

/*
 * What kind of file @bytes are, or NULL if Linux takes them for an initrd: a cpio archive of its
 * format or the beginning of a stream that it decompresses, either of them perhaps behind zeros
 * (unpack_to_rootfs() in init/initramfs.c, lib/decompress.c), or a file system that it copies to a
 * RAM disk (identify_ramdisk_image() in init/do_mounts_rd.c).
 */
const struct foreign_initrd *initrd_kind_find_foreign(const struct image_bytes *bytes);

/*
 * The same for the content of a compressed file, such as the kernel in an Image.gz, where the first
 * block of the stream shows it. NULL if Linux may take the content for an initrd, or if this build
 * lacks the library.
 */
const struct foreign_initrd *initrd_kind_find_content(const struct image_bytes *bytes);

#endif
