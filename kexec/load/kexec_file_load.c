/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kexec_file_load(2). The kernel's checks are in kernel/kexec_file.c and fs/kernel_read_file.c,
 * those of signatures in crypto/asymmetric_keys/verify_pefile.c and security/integrity/ima/.
 */
#include "load/kexec_file_load.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/kernel_release.h"
#include "load/kexec_syscall.h"
#include "machine/kexec_interface.h"
#include "permit/cpu_stop.h"

/* Enough for the reason of any obstacle. */
#define ADVICE_SIZE 192

/* Explain errors about signatures and locks. NULL: the error is about something else. */
static const char *explain_refusal(int error)
{
	switch (error) {
	case EPERM:
		return "not permitted: run as root (CAP_SYS_BOOT), outside of containers; a kernel "
		       "that is locked down takes only kernels with a valid signature";
	case EACCES:
		return "the kernel's integrity policy (IMA) does not accept a file: sign it, or "
		       "load it from where the policy accepts it";
	case EKEYREJECTED:
		return "the kernel file's signature is not valid: get the file again, or use one "
		       "that is signed with a key that the running kernel trusts";
	case ENOKEY:
		return "the running kernel does not trust the key that the kernel file is signed "
		       "with: enroll it, or use one from the running kernel's maker";
	case ENODATA:
		return "the kernel file has no signature, and the running kernel wants one: use a "
		       "signed kernel";
	case EBADMSG:
	case ELIBBAD:
		return "the kernel file's signature is damaged: get the file again";
	case ENOPKG:
		return "the running kernel does not know the algorithm of the kernel file's "
		       "signature: use one from the running kernel's maker";
	default:
		return NULL;
	}
}

bool kexec_file_load_is_policy(int error)
{
	switch (-error) {
	case EPERM:
	case EACCES:
	case EKEYREJECTED:
	case ENODATA:
	case ENOKEY:
	case ELIBBAD:
		return true;
	default:
		return false;
	}
}

static const char *explain(int error)
{
	const char *refusal = explain_refusal(error);

	if (refusal)
		return refusal;
	switch (error) {
	case ENOEXEC:
		return "the running kernel does not know the kernel file's format: use an Image, "
		       "or on riscv64 a vmlinux";
	case EINVAL:
		return "the running kernel does not accept the kernel file or the command line; "
		       "its messages (dmesg) may say why";
	case EADDRNOTAVAIL:
		return "there is no memory where the kernel may lie: for a crash kernel boot with "
		       "a larger crashkernel=, or use a smaller initrd";
	case ENOMEM:
		return "not enough free memory for a copy of kernel and initrd: stop programs, or "
		       "use a smaller initrd";
	case EFBIG:
		return "kernel or initrd is larger than the running kernel loads: use a smaller "
		       "one";
	case ETXTBSY:
		return "somebody has the kernel or the initrd open for writing: wait for it, or "
		       "load a copy";
	case EBUSY:
		return "another load is under way: try again";
	case ENOSYS:
		return "the running kernel has no kexec_file_load(2): it needs CONFIG_KEXEC_FILE";
	default:
		return strerror(error);
	}
}

static int kexec_file_load(int kernel, int initrd, const char *command_line, unsigned long flags)
{
	const unsigned long length = command_line ? strlen(command_line) + 1 : 0;
	long result = syscall(SYS_kexec_file_load, kernel, initrd, length, command_line, flags);

	return result < 0 ? -errno : 0;
}

/* Use only flags that the kernel knows, because the call fails with any other. */
static unsigned long find_flags(const struct kexec_file_request *request)
{
	unsigned long flags = 0;

	if (request->crash)
		flags |= KEXEC_FILE_ON_CRASH;
	if (request->initrd < 0)
		flags |= KEXEC_FILE_NO_INITRAMFS;
	if (request->debug && request->release >= KERNEL_RELEASE(6, 8))
		flags |= KEXEC_FILE_DEBUG;
	if (request->no_cma && request->release >= KERNEL_RELEASE(6, 17))
		flags |= KEXEC_FILE_NO_CMA;
	return flags;
}

/* Advise the other call if it may load what this one does not accept. */
static void format_advice(char *text, size_t size, const struct kexec_file_request *request,
			  int error)
{
	*text = '\0';
	if (error != -ENOEXEC && error != -EINVAL)
		return;
	if (request->load_obstacle)
		snprintf(text, size, " (%s)", request->load_obstacle->reason);
	else
		snprintf(text, size, ", or load it with --kexec-syscall");
}

/* EBUSY has more than one cause if the kernel must be able to stop its CPUs. */
int kexec_file_load_report(const struct kexec_file_request *request, int error, bool lost,
			   const struct log *log)
{
	const struct sysroot running = {.directory = ""};
	const char *reason = explain(-error);
	char busy[CPU_STOP_TEXT_SIZE];
	char advice[ADVICE_SIZE];

	format_advice(advice, sizeof(advice), request, error);
	if (error == -EBUSY && request->stops_cpus && !request->crash) {
		cpu_stop_explain_busy(busy, sizeof(busy), &running);
		reason = busy;
	}
	return log_error(log, error, "cannot load: %s%s%s", reason, advice, lost ? KEXEC_LOST : "");
}

int kexec_file_load_try(const struct kexec_file_request *request, bool *lost)
{
	const bool loaded_before = kexec_syscall_seems_loaded(request->crash);
	int error = kexec_file_load(request->kernel, request->initrd, request->command_line,
				    find_flags(request));

	/* A crash kernel is freed before the new one is read. */
	*lost = error && loaded_before && !kexec_syscall_seems_loaded(request->crash);
	return error;
}

int kexec_file_load_request(const struct kexec_file_request *request, const struct log *log)
{
	bool lost;
	int error = kexec_file_load_try(request, &lost);

	return error ? kexec_file_load_report(request, error, lost, log) : 0;
}

int kexec_file_load_unload(bool crash, const struct log *log)
{
	int error = kexec_file_load(-1, -1, NULL,
				    KEXEC_FILE_UNLOAD | (crash ? KEXEC_FILE_ON_CRASH : 0));

	if (error)
		return log_error(log, error, "cannot unload: %s", explain(-error));
	return 0;
}
