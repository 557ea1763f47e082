/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kexec_file_load(2): the kernel itself reads the files, places them and makes the device tree. Our
 * purgatory verifies such a load only if the kernel's file is plan/wrapped_image.h.
 */
#ifndef LOAD_KEXEC_FILE_LOAD_H
#define LOAD_KEXEC_FILE_LOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/log.h"
#include "permit/kexec_permission.h"

struct kexec_file_request {
	int kernel;		  /* descriptor of a regular file, open for reading; not owned */
	int initrd;		  /* another one, or -1 */
	const char *command_line; /* NULL: none */
	bool crash;
	bool debug;	  /* let the kernel write its steps to its log, if it can (Linux 6.8) */
	bool no_cma;	  /* do not use CMA memory, which Linux does from 6.17 on */
	bool stops_cpus;  /* arch's load_stops_cpus */
	uint32_t release; /* of the running kernel, see kernel_release.h */
	/* The obstacle to kexec_load(2), or NULL: then messages may advise that call. */
	const struct kexec_obstacle *load_obstacle;
};

/*
 * Load. Returns 0, or -errno without a message; kexec_file_load_report() prints it. After a failure
 * @lost tells whether the kernel that was loaded before is gone.
 */
int kexec_file_load_try(const struct kexec_file_request *request, bool *lost);

/* Print why kexec_file_load_try() failed with @error. Returns the error. */
int kexec_file_load_report(const struct kexec_file_request *request, int error, bool lost,
			   const struct log *log);

/*
 * True if a policy may have refused the kernel's file with @error, which might accept another file:
 * a security module, or a check of signatures (kimage_validate_signature() of kernel/kexec_file.c).
 * That check calls what is no PE file ELIBBAD (verify_pefile_signature() of
 * crypto/asymmetric_keys/verify_pefile.c).
 */
bool kexec_file_load_is_policy(int error);

/* Both of the first two. Returns 0, or -errno with a message. */
int kexec_file_load_request(const struct kexec_file_request *request, const struct log *log);

/* Unload the kernel, or the crash kernel, whichever call loaded it. 0, or -errno with a message. */
int kexec_file_load_unload(bool crash, const struct log *log);

#endif
