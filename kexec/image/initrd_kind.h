/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an initrd looks like, to Linux and to those who took another file for one. Only the first
 * bytes are looked at; nothing is decompressed.
 */
#ifndef IMAGE_INITRD_KIND_H
#define IMAGE_INITRD_KIND_H

#include "image/file.h"

/*
 * Bytes that an initrd which boots has at least: a cpio archive, compressed or not, of no more than
 * this holds no program that could be /init.
 */
#define INITRD_SIZE_MIN 512

/* A file that Linux does not take for an initrd. */
struct foreign_initrd {
	const char *name;   /* what it looks like, after "is": "a device tree" */
	const char *remedy; /* what to do instead, in the imperative */
};

/*
 * What @bytes look like, or NULL if Linux takes them for an initrd: a cpio archive of its format or
 * the beginning of a stream that it decompresses, either of them also behind zeros
 * (unpack_to_rootfs() in init/initramfs.c, lib/decompress.c), or a file system that it copies to a
 * RAM disk (identify_ramdisk_image() in init/do_mounts_rd.c).
 */
const struct foreign_initrd *initrd_kind_find_foreign(const struct image_bytes *bytes);

#endif
