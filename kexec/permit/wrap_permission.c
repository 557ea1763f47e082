/* SPDX-License-Identifier: GPL-2.0-only */
/* What speaks against an Image that kexec made, from the files of security modules and others. */
#include "permit/wrap_permission.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "machine/crash_info.h"
#include "machine/kexec_interface.h"
#include "machine/running_kernel.h"
#include "permit/lockdown.h"
#include "permit/pseudo_filesystem.h"

#define LOADPIN "/proc/sys/kernel/loadpin/enforce"

/* EFI_GLOBAL_VARIABLE of include/linux/efi.h; four bytes of attributes come before the value. */
#define SECURE_BOOT	   "SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
#define SECURE_BOOT_SIZE   5
#define SECURE_BOOT_OFFSET 4

/*
 * The calls of a load whose place turns out to be wrong: the load, its removal, and a plain load.
 * Each counts (kexec_load_permitted() of kernel/kexec_core.c).
 */
#define ATTEMPTS 3

/* The number in an open file, which is closed; -1 if there is none. */
static long read_number(int descriptor)
{
	long number;

	return sysroot_read_number(descriptor, &number) ? -1 : number;
}

/* Whether IMA insists on a signed kernel. Where its policy cannot be read nothing tells. */
static bool ima_wants_signature(const struct sysroot *sysroot)
{
	const int descriptor = pseudo_filesystem_open(&pseudo_securityfs, sysroot, "ima/policy", 0);
	FILE *stream = descriptor < 0 ? NULL : fdopen(descriptor, "r");
	bool wants = false;
	char *line = NULL;
	size_t size = 0;

	if (!stream) {
		if (descriptor >= 0)
			close(descriptor);
		return false;
	}
	while (!wants && getline(&line, &size, stream) >= 0)
		wants = strncmp(line, "appraise ", strlen("appraise ")) == 0 &&
			strstr(line, "func=KEXEC_KERNEL_CHECK");
	free(line);
	fclose(stream);
	return wants;
}

/*
 * Whether IMA may enforce signatures because of Secure Boot: CONFIG_IMA_ARCH_POLICY, of which
 * nothing else can be seen (arch_get_ima_policy() of security/integrity/ima/ima_efi.c).
 */
static bool may_follow_secure_boot(const struct sysroot *sysroot)
{
	uint8_t variable[SECURE_BOOT_SIZE] = {0};
	int descriptor = pseudo_filesystem_open(&pseudo_securityfs, sysroot, "ima", O_PATH);
	bool on;

	if (descriptor < 0)
		return false;
	close(descriptor);
	descriptor = pseudo_filesystem_open(&pseudo_efivarfs, sysroot, SECURE_BOOT, 0);
	if (descriptor < 0)
		return false;
	on = read(descriptor, variable, sizeof(variable)) == (ssize_t)sizeof(variable) &&
	     variable[SECURE_BOOT_OFFSET] == 1;
	close(descriptor);
	return on;
}

/* What insists on signatures, or on files of one file system. */
static const char *find_policy(const struct sysroot *sysroot)
{
	if (lockdown_is_on(sysroot))
		return "the running kernel is locked down, and takes only a kernel file that is "
		       "signed";
	if (ima_wants_signature(sysroot))
		return "IMA's policy permits only a kernel file that is signed";
	if (may_follow_secure_boot(sysroot))
		return "Secure Boot is on, and IMA may permit only a kernel file that is signed";
	if (read_number(sysroot_open_descriptor(sysroot, LOADPIN, 0)) == 1)
		return "LoadPin permits only the kernel file itself";
	return NULL;
}

/* kernel/crash_dump_dm_crypt.c, from Linux 6.16 on. */
static bool has_dm_crypt_keys(const struct sysroot *sysroot)
{
	return read_number(pseudo_filesystem_open(&pseudo_configfs, sysroot,
						  "crash_dm_crypt_keys/count", 0)) > 0;
}

static bool lacks_attempts(const struct sysroot *sysroot)
{
	const long limit =
		read_number(sysroot_open_descriptor(sysroot, KEXEC_LOAD_LIMIT_PANIC_FILE, 0));

	return limit >= 0 && limit < ATTEMPTS;
}

const char *wrap_permission_find_obstacle(const struct sysroot *sysroot, const struct arch *arch)
{
	const uint32_t release = running_kernel_release(sysroot);
	const char *policy;

	if (!arch->file_load_wrapped)
		return "purgatory has no place between this call and the next kernel";
	if (release && release < arch->file_load_wrapped)
		return "the running kernel loads no crash kernel with this call (before Linux "
		       "5.6)";
	policy = find_policy(sysroot);
	if (policy)
		return policy;
	if (has_dm_crypt_keys(sysroot))
		return "the kernel hands on keys for dm-crypt (crash_dm_crypt_keys) in a device "
		       "tree of its own";
	if (crash_info_elfcorehdr_size(sysroot))
		return "the running kernel keeps the header of a dump up to date, but only its own";
	if (lacks_attempts(sysroot))
		return "kernel.kexec_load_limit_panic leaves too few attempts";
	return NULL;
}
