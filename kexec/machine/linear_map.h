/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The running kernel's linear map: at which virtual addresses it sees physical memory, and itself.
 */
#ifndef MACHINE_LINEAR_MAP_H
#define MACHINE_LINEAR_MAP_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/arch.h"
#include "base/address.h"
#include "base/log.h"
#include "base/sysroot.h"

struct linear_map {
	bool known;
	uint64_t offset; /* virtual minus physical address, modulo 2^64 */

	/* Of the kernel's virtual addresses; 0: unknown. */
	unsigned int virtual_bits;

	/* The kernel's own image is mapped elsewhere: the same for addresses in the image. */
	bool image_known;
	uint64_t image_offset;
};

/* Find the linear map from vmcoreinfo and @arch. It may stay unknown, which is no error. */
void linear_map_find(struct linear_map *map, const struct arch *arch, const struct sysroot *sysroot,
		     const struct log *log);

/* The virtual address of @address in the linear map, which must be known. */
struct virtual_address linear_map_address(const struct linear_map *map,
					  struct physical_address address);

/* The virtual address of @address in the kernel's own image, which must be known and contain it. */
struct virtual_address linear_map_image_address(const struct linear_map *map,
						struct physical_address address);

#endif
