/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The SHA-256 engines for this program itself, on arm64: Linux,
 * Documentation/arch/arm64/elf_hwcaps.rst.
 */
#include <asm/hwcap.h>
#include <errno.h>
#include <sys/auxv.h>

#include "digest/running_engine.h"
#include "digest/running_engine_arm64.h"

uint32_t running_engine_arm64_find(unsigned long capabilities)
{
	uint32_t engines = 1 << SHA256_GENERIC;

	if (capabilities & HWCAP_ASIMD)
		engines |= 1 << SHA256_ARM64_NEON_X4 | 1 << SHA256_ARM64_UNCACHED;
	if (capabilities & HWCAP_ASIMD && capabilities & HWCAP_SHA2)
		engines |= 1 << SHA256_ARM64_SHA2 | 1 << SHA256_ARM64_SHA2_X2;
	return engines;
}

enum sha256_engine running_engine_arm64_find_fastest(uint32_t engines)
{
	if (engines & 1 << SHA256_ARM64_SHA2_X2)
		return SHA256_ARM64_SHA2_X2;
	return engines & 1 << SHA256_ARM64_NEON_X4 ? SHA256_ARM64_NEON_X4 : SHA256_GENERIC;
}

uint32_t running_engines(void)
{
	return running_engine_arm64_find(getauxval(AT_HWCAP));
}

enum sha256_engine running_engine(void)
{
	return running_engine_arm64_find_fastest(running_engines());
}

/* Not supported, because /proc/cpuinfo already names everything in AT_HWCAP. */
int running_engine_list_extensions(char list[RUNNING_EXTENSIONS_SIZE], const struct arch *arch)
{
	(void)list;
	(void)arch;
	return -ENOTSUP;
}
