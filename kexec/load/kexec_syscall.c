/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kexec_load(2). The kernel's checks and their order are in kernel/kexec.c (kexec_load_check(),
 * do_kexec_load()) and kernel/kexec_core.c (sanity_check_segment_list()).
 */
#include "load/kexec_syscall.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "machine/kexec_interface.h"
#include "permit/cpu_stop.h"

int kexec_syscall_is_loaded(const struct sysroot *sysroot, bool crash, const struct log *log)
{
	const char *path = crash ? KEXEC_CRASH_LOADED_FILE : KEXEC_LOADED_FILE;
	long number;
	int error = sysroot_read_number(sysroot_open_descriptor(sysroot, path, 0), &number);

	if (error == -ENOENT)
		return log_error(log, -ENOSYS,
				 "the running kernel has no kexec (no %s): it needs %s", path,
				 crash ? "CONFIG_CRASH_DUMP" : "CONFIG_KEXEC");
	if (error)
		return log_error(log, error, "cannot read %s: %s", path, strerror(-error));
	return number != 0;
}

bool kexec_syscall_seems_loaded(bool crash)
{
	const struct sysroot running = {.directory = ""};
	const struct log silent = {.stream = NULL};

	return kexec_syscall_is_loaded(&running, crash, &silent) == 1;
}

static const char *explain(int error)
{
	switch (error) {
	case EPERM:
		return "not permitted: run as root (CAP_SYS_BOOT), outside of containers, on a "
		       "kernel without lockdown, kernel.kexec_load_disabled and load limits, "
		       "whose security modules permit kexec_load";
	case EACCES:
		return "the kernel's integrity policy (IMA) or a security module forbids "
		       "kexec_load";
	case EBUSY:
		return "another load is under way: try again";
	case EINVAL:
		return "the running kernel refuses the segments, or is of another architecture";
	case EADDRNOTAVAIL:
		return "a segment lies at an address that the running kernel does not accept";
	case ENOMEM:
		return "not enough free memory for a copy of all segments: stop programs, or use "
		       "a smaller initrd";
	case EFAULT:
		return "a file that is loaded shrank, or cannot be read: load it again";
	case ENOSYS:
		return "the running kernel has no kexec_load(2): it needs CONFIG_KEXEC";
	default:
		return strerror(error);
	}
}

static int kexec_load(uint64_t entry, unsigned long count, const struct kexec_segment *segments,
		      unsigned long flags)
{
	long result = syscall(SYS_kexec_load, (unsigned long)entry, count, segments, flags);

	return result < 0 ? -errno : 0;
}

int kexec_syscall_load(const struct plan *plan, const struct arch *arch, unsigned long flags,
		       bool *lost)
{
	struct kexec_segment segments[PLAN_SEGMENT_MAX] = {{0}};
	const bool loaded_before = kexec_syscall_seems_loaded(flags & KEXEC_ON_CRASH);
	size_t i;
	int error;

	for (i = 0; i < plan->segment_count; i++) {
		segments[i].buf = plan->segments[i].data;
		segments[i].bufsz = plan->segments[i].size;
		segments[i].mem = (const void *)(uintptr_t)plan->segments[i].address;
		segments[i].memsz = plan->segments[i].memory_size;
	}
	error = kexec_load(plan->entry, plan->segment_count, segments, flags | arch->kexec_flag);
	/*
	 * Some failures cost the previous kernel, because the kernel frees a crash kernel before it
	 * reads the new one.
	 */
	*lost = error && loaded_before && !kexec_syscall_seems_loaded(flags & KEXEC_ON_CRASH);
	return error;
}

int kexec_syscall_report_load(int error, const char *advice, bool lost, const struct arch *arch,
			      unsigned long flags, const struct log *log)
{
	const struct sysroot running = {.directory = ""};
	const char *reason = explain(-error);
	char busy[CPU_STOP_TEXT_SIZE];

	if (error == -EBUSY && arch->load_stops_cpus && !(flags & KEXEC_ON_CRASH)) {
		cpu_stop_explain_busy(busy, sizeof(busy), &running);
		reason = busy;
	}
	return log_error(log, error, "cannot load: %s%s%s", reason, advice, lost ? KEXEC_LOST : "");
}

int kexec_syscall_unload(unsigned long flags)
{
	return kexec_load(0, 0, NULL, flags | KEXEC_ARCH_DEFAULT);
}

int kexec_syscall_report_unload(int error, const char *advice, const struct log *log)
{
	return log_error(log, error, "cannot unload: %s%s", explain(-error), advice);
}
