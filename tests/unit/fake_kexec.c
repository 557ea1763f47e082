/* SPDX-License-Identifier: GPL-2.0-only */
/* A kernel's kexec_load(2) and kexec_file_load(2). */
#include "fake_kexec.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "machine/kexec_interface.h"

struct fake_kexec fake_kexec;

long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);

/* Has this process CAP_SYS_BOOT now? */
static bool is_capable(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

	if (__real_syscall(SYS_capget, &header, data) < 0)
		return true;
	return data[CAP_TO_INDEX(CAP_SYS_BOOT)].effective & CAP_TO_MASK(CAP_SYS_BOOT);
}

/* As kexec_load_permitted() of kernel/kexec_core.c begins: whoever lacks the capability learns
 * nothing but that, whatever the arguments. */
static long answer(bool exists, bool is_probe, unsigned int *calls, int error)
{
	errno = ENOSYS;
	if (!exists)
		return -1;
	if (is_probe && !is_capable()) {
		fake_kexec.probes++;
		errno = EPERM;
		return -1;
	}
	(*calls)++;
	if (fake_kexec.while_called)
		fake_kexec.while_called();
	errno = error;
	return error ? -1 : 0;
}

long __wrap_syscall(long number, ...)
{
	long arguments[6];
	va_list list;

	va_start(list, number);
	for (size_t i = 0; i < sizeof(arguments) / sizeof(arguments[0]); i++)
		arguments[i] = va_arg(list, long);
	va_end(list);
	if (number == SYS_kexec_load) {
		fake_kexec.segment_count = (unsigned long)arguments[1];
		fake_kexec.flags = (unsigned long)arguments[3];
		return answer(fake_kexec.has_load, fake_kexec.flags == ~0UL, &fake_kexec.loads,
			      fake_kexec.load_error ? fake_kexec.load_error : fake_kexec.error);
	}
	if (number == SYS_kexec_file_load) {
		fake_kexec.kernel = (int)arguments[0];
		fake_kexec.initrd = (int)arguments[1];
		fake_kexec.command_line_size = (unsigned long)arguments[2];
		fake_kexec.command_line = (const char *)arguments[3];
		fake_kexec.flags = (unsigned long)arguments[4];
		return answer(fake_kexec.has_file_load, fake_kexec.flags == ~0UL,
			      &fake_kexec.file_loads, fake_kexec.error);
	}
	return __real_syscall(number, arguments[0], arguments[1], arguments[2], arguments[3],
			      arguments[4], arguments[5]);
}

void fake_kexec_reset(void)
{
	memset(&fake_kexec, 0, sizeof(fake_kexec));
	fake_kexec.has_load = true;
	fake_kexec.has_file_load = true;
}
