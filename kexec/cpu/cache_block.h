/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether purgatory has to maintain the caches, because devices do not see them, and in which
 * blocks.
 */
#ifndef CPU_CACHE_BLOCK_H
#define CPU_CACHE_BLOCK_H

#include <stdint.h>

#include "arch/arch.h"
#include "base/log.h"
#include "base/sysroot.h"
#include "devicetree/devicetree.h"

/*
 * The size in bytes of a block of the caches that one instruction cleans and invalidates; 0: no
 * maintenance is needed, or none is possible. DMA is coherent on riscv64 unless a node of the tree
 * has "dma-noncoherent" (Documentation/devicetree/bindings/riscv/, and arch_setup_dma_ops()). Then
 * all CPUs must have the instruction, by /proc/cpuinfo, and the tree must have its size; if not, a
 * message of --debug says that damage by DMA may hide. @tree may have no fdt.
 */
uint32_t cache_block_find(const struct arch *arch, const struct devicetree *tree,
			  const struct sysroot *sysroot, const struct log *log);

/*
 * The same size, whether or not devices see the caches: for memory that has to outlive a reset.
 * 0: no such instruction is known.
 */
uint32_t cache_block_size(const struct arch *arch, const struct devicetree *tree,
			  const struct sysroot *sysroot);

#endif
