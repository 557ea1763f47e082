/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finds the optional features of the CPU that the running kernel uses.
 */
#include "machine/cpu_features.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#include "cpu/cpuinfo.h"
#include "machine/auxiliary_vector.h"
#include "machine/running_kernel.h"

/* True if the architecture's list of extensions in /proc/cpuinfo has @name. */
static bool cpuinfo_has_extension(const struct arch *arch, const struct sysroot *sysroot,
				  const char *name)
{
	const char *lines, *extensions;
	bool found = false;
	char *text;
	size_t size;

	if (sysroot_read(sysroot, CPUINFO, &text, &size))
		return false;
	for (lines = text; lines && !found; lines = cpuinfo_next(lines)) {
		extensions = cpuinfo_find_field(lines, arch->cpuinfo_extensions);
		found = extensions && cpuinfo_has_word(extensions, name);
	}
	free(text);
	return found;
}

/*
 * True if the kernel may use a feature that its release decides. The release of a running kernel is
 * always known, but that of a captured one may be unknown.
 */
static bool may_be_used(const struct arch_cpu_feature *feature, const struct sysroot *sysroot)
{
	const uint32_t release = running_kernel_release(sysroot);
	uint32_t first = feature->release;

	if (feature->vendor_mark && running_kernel_release_has(sysroot, feature->vendor_mark))
		first = feature->vendor_release;
	return release == 0 || release >= first;
}

static bool is_used(const struct arch *arch, const struct arch_cpu_feature *feature,
		    const struct sysroot *sysroot)
{
	uint64_t bits;

	if (feature->release)
		return may_be_used(feature, sysroot);
	if (auxiliary_vector_find(sysroot, feature->auxiliary_type, &bits) == 0)
		return bits & feature->auxiliary_bit;
	return cpuinfo_has_extension(arch, sysroot, feature->name);
}

uint32_t cpu_features_find(const struct arch *arch, const struct sysroot *sysroot)
{
	const struct arch_cpu_feature *feature = arch->cpu_features;
	uint32_t found = 0;

	for (; feature && (feature->name || feature->release); feature++)
		if (is_used(arch, feature, sysroot))
			found |= UINT32_C(1) << feature->feature;
	return found;
}
