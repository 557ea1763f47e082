/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The initial RAM disk of the next kernel: one file, several that are concatenated, or the one that
 * the running kernel was booted with.
 */
#ifndef IMAGE_INITRD_H
#define IMAGE_INITRD_H

#include <stddef.h>

#include "base/log.h"
#include "base/sysroot.h"
#include "image/file.h"

/*
 * Read the files @paths, at least one, into @initrd: a single one is mapped; several are copied one
 * after another, each but the last padded with zeros to 4 bytes, because the kernel's initramfs
 * unpacker (init/initramfs.c) expects the next archive there. @offsets gets @count offsets, at
 * which each file begins in @initrd. Returns 0, or -errno with a message.
 */
int initrd_open(struct file_bytes *initrd, size_t *offsets, const char *const *paths, size_t count,
		const struct log *log);

/* The file in which the running kernel keeps its own initrd. */
#define INITRD_RUNNING_PATH "/sys/firmware/initrd"

/*
 * Read the running kernel's own initrd from /sys/firmware/initrd, which exists if its command line
 * has retain_initrd. Returns 0, or -errno with a message.
 */
int initrd_open_running(struct file_bytes *initrd, const struct sysroot *sysroot,
			const struct log *log);

#endif
