/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The linear map of the running kernel, from vmcoreinfo.
 */
#include "machine/linear_map.h"

#include <inttypes.h>

#include "machine/vmcoreinfo.h"

/* The virtual address at which the linear map begins. */
static bool find_base(const struct vmcoreinfo *info, const struct arch *arch, uint64_t *base)
{
	uint64_t bits;

	if (arch->linear_map_base)
		return vmcoreinfo_number(info, arch->linear_map_base, base);
	if (!vmcoreinfo_number(info, "NUMBER(VA_BITS)", &bits) || bits < 1 || bits > 63)
		return false;
	*base = -(UINT64_C(1) << bits);
	return true;
}

/* The bits of virtual addresses that the kernel uses; it may have been built for more. */
static unsigned int find_virtual_bits(const struct vmcoreinfo *info, const struct arch *arch)
{
	uint64_t unused;

	if (!arch->linear_map_unused_bits ||
	    !vmcoreinfo_number(info, arch->linear_map_unused_bits, &unused) || unused > 63)
		return 0;
	return (unsigned int)(64 - unused);
}

void linear_map_find(struct linear_map *map, const struct arch *arch, const struct sysroot *sysroot,
		     const struct log *log)
{
	struct vmcoreinfo info;
	uint64_t base, start;

	*map = (struct linear_map){0};
	vmcoreinfo_read(&info, arch, sysroot, log);
	if (info.text && arch->linear_map_start && find_base(&info, arch, &base) &&
	    vmcoreinfo_number(&info, arch->linear_map_start, &start)) {
		map->known = true;
		map->offset = base - start;
		log_detail(log, "the linear map is 0x%" PRIx64 " above physical addresses",
			   map->offset);
	}
	if (info.text)
		map->virtual_bits = find_virtual_bits(&info, arch);
	if (info.text && arch->kernel_image_offset)
		map->image_known =
			vmcoreinfo_number(&info, arch->kernel_image_offset, &map->image_offset);
	vmcoreinfo_free(&info);
}

struct virtual_address linear_map_address(const struct linear_map *map,
					  struct physical_address address)
{
	return (struct virtual_address){address.value + map->offset};
}

struct virtual_address linear_map_image_address(const struct linear_map *map,
						struct physical_address address)
{
	return (struct virtual_address){address.value + map->image_offset};
}
