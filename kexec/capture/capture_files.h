/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The steps of a capture, and what they share.
 */
#ifndef CAPTURE_CAPTURE_FILES_H
#define CAPTURE_CAPTURE_FILES_H

#include <stdbool.h>
#include <stdio.h>

#include "arch/arch.h"
#include "base/sysroot.h"
#include "capture/store.h"
#include "machine/memory_map.h"

struct capture {
	struct store *store;
	const struct arch *arch;
	const struct sysroot *sysroot; /* what is captured */
	struct memory_map map;
	uint64_t page_size;   /* of the kernel; bytes */
	FILE *contents;	      /* the list of files */
	unsigned int files;   /* how many there are */
	unsigned int secrets; /* how many places were hidden */
	bool lacks_memory;    /* something is not in it because of that */
};

/*
 * Read a file as sysroot_read() does, and note if it cannot be read for another reason than that
 * there is none.
 */
int capture_read(struct capture *capture, const char *path, char **data, size_t *size);

/*
 * Note that the file at @path cannot be read: in the list, unless there is none. For want of memory
 * the whole capture fails in the end, because nobody would miss what is not in it.
 */
void capture_note(struct capture *capture, const char *path, int error);

/* Write to the list, or note that memory was lacking: a stream in memory does not remember that. */
void capture_list(struct capture *capture, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Add a file, and name it in the list. */
void capture_add(struct capture *capture, const char *path, const void *data, size_t size);

/* Add the file at @path as it is, if it can be read. */
void capture_copy(struct capture *capture, const char *path);

/* capture_ports.c: the UARTs of /sys/class/tty with registers in memory, and what tells their types
 */
void capture_ports(struct capture *capture);

/* capture_kernel.c: what the kernel says of itself */
void capture_vmcoreinfo(struct capture *capture);
void capture_symbols(struct capture *capture);
void capture_log(struct capture *capture);
void capture_page_flags(struct capture *capture);

#endif
