/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A kernel's kexec_load(2) and kexec_file_load(2), for programs linked with --wrap=syscall: what
 * stands in their place records the arguments and answers as told. Other calls are the system's.
 */
#ifndef TESTS_FAKE_KEXEC_H
#define TESTS_FAKE_KEXEC_H

#include <stdbool.h>

/* A linker's replacement has no other way to its test. */
extern struct fake_kexec {
	/* what the kernel is */
	bool has_load, has_file_load;
	int error;	/* errno of calls other than probes, 0: success */
	int load_error; /* the same of kexec_load(2) alone, which it fails with first */
	void (*while_called)(void);

	/* what was done to it */
	unsigned int probes;		/* calls without CAP_SYS_BOOT, which do not count */
	unsigned int loads, file_loads; /* calls that count */
	int kernel, initrd;		/* of the last kexec_file_load(2) */
	unsigned long command_line_size;
	const char *command_line;
	unsigned long segment_count; /* of the last kexec_load(2) */
	unsigned long flags;	     /* of the last of both */
} fake_kexec;

/* A kernel with both calls, to which nothing was done. */
void fake_kexec_reset(void);

#endif
