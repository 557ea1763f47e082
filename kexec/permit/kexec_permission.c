/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which call can be used. The kernel's own checks and their order are in kexec_load_permitted() of
 * kernel/kexec_core.c and, for lockdown, in kexec_load_check() of kernel/kexec.c and
 * kimage_validate_signature() of kernel/kexec_file.c.
 */
#include "permit/kexec_permission.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "machine/kexec_interface.h"
#include "permit/lockdown.h"

#define STATUS "/proc/self/status"

static const struct kexec_obstacle no_kexec = {
	-ENOSYS,
	"the running kernel has no kexec (no " KEXEC_LOADED_FILE ")",
	"boot one with CONFIG_KEXEC",
};
static const struct kexec_obstacle no_crash_kernels = {
	-ENOSYS,
	"the running kernel has no crash kernels (no " KEXEC_CRASH_LOADED_FILE ")",
	"boot one with CONFIG_CRASH_DUMP",
};
static const struct kexec_obstacle no_privilege = {
	-EPERM,
	"not permitted to load a kernel",
	"run as root (CAP_SYS_BOOT)",
};
static const struct kexec_obstacle disabled = {
	-EPERM,
	"kernel.kexec_load_disabled forbids loading",
	"no load is permitted until the next reboot",
};
static const struct kexec_obstacle limit_reboot = {
	-EPERM,
	"kernel.kexec_load_limit_reboot is used up",
	"no load is permitted until the next reboot",
};
static const struct kexec_obstacle limit_panic = {
	-EPERM,
	"kernel.kexec_load_limit_panic is used up",
	"no crash kernel can be loaded until the next reboot",
};
static const struct kexec_obstacle no_load = {
	-ENOSYS,
	"the running kernel has no kexec_load",
	"boot one with CONFIG_KEXEC",
};
static const struct kexec_obstacle no_file_load = {
	-ENOSYS,
	"the running kernel has no kexec_file_load",
	"boot one with CONFIG_KEXEC_FILE",
};
static const struct kexec_obstacle locked_down = {
	-EPERM,
	"the running kernel is locked down (" LOCKDOWN_FILE "), which forbids kexec_load",
	"boot it without lockdown or Secure Boot",
};

/* True if there is a file at @path, even if it cannot be opened. */
static bool exists(const struct sysroot *sysroot, const char *path)
{
	int descriptor = sysroot_open_descriptor(sysroot, path, 0);

	if (descriptor >= 0)
		close(descriptor);
	return descriptor != -ENOENT;
}

/* True if the file has a number and the number is @wanted. */
static bool has_number(const struct sysroot *sysroot, const char *path, long wanted)
{
	long number;

	return sysroot_read_number(sysroot_open_descriptor(sysroot, path, 0), &number) == 0 &&
	       number == wanted;
}

/* True if the process is known to lack CAP_SYS_BOOT, as root in a container often does. */
static bool lacks_privilege(const struct sysroot *sysroot)
{
	static const char label[] = "CapEff:";
	bool lacks = false;
	const char *line;
	char *text;
	size_t size;

	if (sysroot_read(sysroot, STATUS, &text, &size))
		return false;
	line = strstr(text, label);
	if (line)
		lacks = !(strtoull(line + strlen(label), NULL, 16) >> CAP_SYS_BOOT & 1);
	free(text);
	return lacks;
}

/*
 * True if the kernel has no such call. Tries @call with arguments that it always refuses, while the
 * process has no CAP_SYS_BOOT. The kernel checks that before it counts an attempt, so this does
 * nothing but tell whether there is such a call. CONFIG_KEXEC_FILE leaves no other trace in /proc
 * and /sys than symbols, and these only with CONFIG_KALLSYMS.
 */
static bool kernel_lacks(enum kexec_call call)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct held[_LINUX_CAPABILITY_U32S_3];
	struct __user_cap_data_struct lowered[_LINUX_CAPABILITY_U32S_3];
	const unsigned long bad_flags = ~0UL;
	long result;
	int error;

	if (syscall(SYS_capget, &header, held) < 0)
		return false;
	memcpy(lowered, held, sizeof(lowered));
	lowered[CAP_TO_INDEX(CAP_SYS_BOOT)].effective &= ~CAP_TO_MASK(CAP_SYS_BOOT);
	if (syscall(SYS_capset, &header, lowered) < 0)
		return false;
	if (call == KEXEC_CALL_LOAD)
		result = syscall(SYS_kexec_load, 0UL, 0UL, NULL, bad_flags);
	else
		result = syscall(SYS_kexec_file_load, -1, -1, 0UL, NULL, bad_flags);
	error = errno;
	syscall(SYS_capset, &header, held);
	return result < 0 && error == ENOSYS;
}

/* What the kernel lacks for any load, or any crash kernel. */
static const struct kexec_obstacle *find_missing(const struct sysroot *sysroot, bool crash)
{
	if (!exists(sysroot, KEXEC_LOADED_FILE))
		return &no_kexec;
	return crash && !exists(sysroot, KEXEC_CRASH_LOADED_FILE) ? &no_crash_kernels : NULL;
}

/* What forbids the call. @may_ask: the kernel is the running one. */
static const struct kexec_obstacle *find_forbidden(const struct sysroot *sysroot,
						   enum kexec_call call, bool crash, bool may_ask)
{
	if (has_number(sysroot, KEXEC_LOAD_DISABLED_FILE, 1))
		return &disabled;
	if (has_number(sysroot, crash ? KEXEC_LOAD_LIMIT_PANIC_FILE : KEXEC_LOAD_LIMIT_REBOOT_FILE,
		       0))
		return crash ? &limit_panic : &limit_reboot;
	if (may_ask && kernel_lacks(call))
		return call == KEXEC_CALL_LOAD ? &no_load : &no_file_load;
	/*
	 * Under lockdown the other call may be permitted for a signed kernel; the kernel decides
	 * that.
	 */
	if (call == KEXEC_CALL_LOAD && lockdown_is_on(sysroot))
		return &locked_down;
	return NULL;
}

const struct kexec_obstacle *kexec_permission_find_obstacle(const struct sysroot *sysroot,
							    enum kexec_call call, bool crash)
{
	const struct kexec_obstacle *missing = find_missing(sysroot, crash);

	if (missing)
		return missing;
	if (lacks_privilege(sysroot))
		return &no_privilege;
	return find_forbidden(sysroot, call, crash, true);
}

const struct kexec_obstacle *kexec_permission_find_for_plan(const struct sysroot *sysroot,
							    enum kexec_call call, bool crash)
{
	const struct kexec_obstacle *missing = find_missing(sysroot, crash);

	return missing ? missing
		       : find_forbidden(sysroot, call, crash, sysroot->directory[0] == '\0');
}

int kexec_permission_report_obstacle(const struct kexec_obstacle *obstacle, const struct log *log)
{
	return log_error(log, obstacle->error, "%s: %s", obstacle->reason, obstacle->remedy);
}
