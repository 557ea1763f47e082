/* SPDX-License-Identifier: GPL-2.0-only */
/* Makes a file of bytes in memory. */
#include "load/sealed_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/write_all.h"

/* Linux 6.3; Debian 12's headers are older. */
#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U
#endif

/* If vm.memfd_noexec is 2, the kernel requires the flag, which kernels before 6.3 refuse. */
int sealed_file_create(const char *name)
{
	int descriptor = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL);

	if (descriptor < 0 && errno == EINVAL)
		descriptor = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	return descriptor < 0 ? -errno : descriptor;
}

int sealed_file_seal(int descriptor)
{
	const int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL;

	return fcntl(descriptor, F_ADD_SEALS, seals) < 0 ? -errno : 0;
}

int sealed_file_make(const char *name, const void *data, size_t size)
{
	int descriptor = sealed_file_create(name);
	int error;

	if (descriptor < 0)
		return descriptor;
	error = write_all(descriptor, data, size);
	if (error == -ENOSPC)
		error = -ENOMEM;
	if (!error)
		error = sealed_file_seal(descriptor);
	if (!error)
		return descriptor;
	close(descriptor);
	return error;
}
