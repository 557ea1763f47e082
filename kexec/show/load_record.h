/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a load leaves below /run, so that a later kexec can say what is loaded. The running kernel
 * itself tells only that something is.
 */
#ifndef SHOW_LOAD_RECORD_H
#define SHOW_LOAD_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/sysroot.h"

/* For messages. */
#define LOAD_RECORD_DIRECTORY "/run/kexec-mmu"

#define LOAD_RECORD_TEXT_SIZE 256

/* Longer texts are cut off. */
struct load_record {
	char program[LOAD_RECORD_TEXT_SIZE]; /* "kexec-mmu 0.1" */
	char call[LOAD_RECORD_TEXT_SIZE];    /* "kexec_load" */
	char kernel[LOAD_RECORD_TEXT_SIZE];  /* its file */
	char engine[LOAD_RECORD_TEXT_SIZE];  /* that purgatory is expected to use; "": nothing
						verifies */
	char cpus[LOAD_RECORD_TEXT_SIZE];    /* that verify: "4 of 0x0 0x1 0x2 0x3"; "": one */
	uint64_t time;			     /* when it was loaded, in seconds since 1970 */
	uint64_t kernel_size;		     /* bytes of its file */
	uint64_t initrd_size;		     /* bytes; 0: there is none */
	uint64_t verified_size;		     /* bytes that purgatory hashes */
	uint64_t microseconds;		     /* that this takes, by prediction; 0: unknown */
};

/*
 * Write the record of the kernel (@crash: of the crash kernel) that was just loaded, in place of a
 * former one. Returns 0, or -errno without a message; then there is no record.
 */
int load_record_write(const struct load_record *record, const struct sysroot *sysroot, bool crash);

/*
 * Read it. Returns 0, or -errno without a message: -ENOENT if there is none, -ESTALE if it is of
 * another boot, -EINVAL if it is damaged.
 */
int load_record_read(struct load_record *record, const struct sysroot *sysroot, bool crash);

/* Remove it, if there is one, because what was loaded is not any more. */
void load_record_remove(const struct sysroot *sysroot, bool crash);

#endif
