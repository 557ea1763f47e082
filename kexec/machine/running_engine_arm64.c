/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The engines of SHA-256 for this program itself, on arm64: Linux,
 * Documentation/arch/arm64/elf_hwcaps.rst.
 */
#include <asm/hwcap.h>
#include <errno.h>
#include <sys/auxv.h>

#include "machine/running_engine.h"

uint32_t running_engines(void)
{
	const unsigned long capabilities = getauxval(AT_HWCAP);
	uint32_t engines = 1 << SHA256_GENERIC;

	if (capabilities & HWCAP_ASIMD)
		engines |= 1 << SHA256_ARM64_NEON_X4 | 1 << SHA256_ARM64_UNCACHED;
	if (capabilities & HWCAP_ASIMD && capabilities & HWCAP_SHA2)
		engines |= 1 << SHA256_ARM64_SHA2 | 1 << SHA256_ARM64_SHA2_X2;
	return engines;
}

enum sha256_engine running_engine(void)
{
	const uint32_t engines = running_engines();

	if (engines & 1 << SHA256_ARM64_SHA2_X2)
		return SHA256_ARM64_SHA2_X2;
	return engines & 1 << SHA256_ARM64_NEON_X4 ? SHA256_ARM64_NEON_X4 : SHA256_GENERIC;
}

/* /proc/cpuinfo has all of AT_HWCAP. */
int running_extensions(char list[RUNNING_EXTENSIONS_SIZE], const struct arch *arch)
{
	(void)list;
	(void)arch;
	return -ENOTSUP;
}
