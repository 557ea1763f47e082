/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The machine and the kernel that runs on it, or those of the captured machine below --sysroot.
 */
#ifndef MACHINE_MACHINE_H
#define MACHINE_MACHINE_H

#include <stdint.h>

#include "arch/arch.h"
#include "base/log.h"
#include "base/sysroot.h"
#include "console/console_choice.h"
#include "cpu/cpu.h"
#include "devicetree/compatible.h"
#include "devicetree/devicetree.h"
#include "machine/linear_map.h"
#include "machine/memory_map.h"
#include "machine/ramoops.h"

struct machine {
	struct sysroot sysroot;
	struct memory_map memory;
	struct devicetree devicetree; /* the running one, unchanged; fdt NULL if there is none */
	struct compatible board;      /* of that tree; empty if it does not say (ACPI) */
	struct cpu cpu;
	uint32_t cpu_features;	      /* that the running kernel uses, 1 << PURGATORY_CPU_* */
	struct linear_map linear_map; /* of the running kernel */
	uint64_t page_size;	      /* of the running kernel, bytes */
	uint64_t ram_size;	      /* MemTotal of /proc/meminfo, bytes */
	uint64_t poisoned_size;	      /* HardwareCorrupted of /proc/meminfo, bytes */
	struct console console;
	struct ramoops_zone ramoops; /* where purgatory's last lines outlive a reset */
	uint32_t ramoops_block_size; /* to flush there, see cache_block.h; 0: nothing */
	enum purgatory_reset reset_method;
	uint32_t cache_block_size; /* bytes, see cache_block.h; 0: no maintenance */
	uint64_t timer_frequency;  /* Hz; 0: unknown here */
	uint32_t time_limit;	   /* seconds, see counter.h; 0: none */
};

/*
 * Read all of it. @serial is the argument of --serial or NULL.
 * Returns 0, or -errno with a message; what was read is freed by machine_free() in any case.
 */
int machine_read(struct machine *machine, const struct arch *arch, const char *sysroot,
		 const char *serial, const struct log *log);

void machine_free(struct machine *machine);

#endif
