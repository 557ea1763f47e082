/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads everything about the machine that a plan needs.
 */
#include "machine/machine.h"

#include <elf.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/cache_block.h"
#include "cpu/counter.h"
#include "firmware/firmware.h"
#include "firmware/hot_pluggable.h"
#include "machine/auxiliary_vector.h"
#include "machine/captured_arch.h"
#include "machine/cpu_features.h"
#include "machine/watchdogs.h"

#define MEMINFO "/proc/meminfo"

static bool is_page_size(uint64_t size)
{
	return size == PAGE_SIZE_MIN || size == 16384 || size == PAGE_SIZE_MAX;
}

/* The kernel tells its page size to every process. */
static int read_page_size(struct machine *machine, const struct log *log)
{
	if (auxiliary_vector_find(&machine->sysroot, AT_PAGESZ, &machine->page_size)) {
		log_debug(log, "%s has no AT_PAGESZ: assuming pages of %" PRIu64 " bytes",
			  AUXILIARY_VECTOR, PAGE_SIZE_MIN);
		machine->page_size = PAGE_SIZE_MIN;
	}
	if (!is_page_size(machine->page_size))
		return log_error(log, -EINVAL,
				 "%s: page size %" PRIu64 " is not 4096, 16384 or 65536",
				 AUXILIARY_VECTOR, machine->page_size);
	return 0;
}

/* Read a line of /proc/meminfo, which is in KiB, as bytes; 0 where there is none. */
static uint64_t find_meminfo(const char *text, const char *label)
{
	const char *line = strstr(text, label);
	uint64_t size;

	if (!line ||
	    __builtin_mul_overflow(strtoull(line + strlen(label), NULL, 10), UINT64_C(1024), &size))
		return 0;
	return size;
}

/* The kernel limits a load by MemTotal, which is a little less than all System RAM. */
static void read_meminfo(struct machine *machine, const struct log *log)
{
	char *text;
	size_t size;

	if (sysroot_read(&machine->sysroot, MEMINFO, &text, &size) == 0) {
		machine->ram_size = find_meminfo(text, "MemTotal:");
		machine->poisoned_size = find_meminfo(text, "HardwareCorrupted:");
		free(text);
	}
	if (machine->ram_size == 0) {
		machine->ram_size = range_set_size(&machine->memory.ram);
		log_debug(log, "%s has no MemTotal: counting all System RAM", MEMINFO);
	}
}

/* Purgatory must never take payload for a UART. */
static int check_console(struct machine *machine, const char *serial, const struct log *log)
{
	struct console *console = &machine->console;
	struct range pages;

	if (!console_registers(console))
		return 0;
	if (console_pages(console, &pages) == 0 &&
	    !range_set_find_overlap(&machine->memory.ram, pages))
		return 0;
	if (serial)
		return log_error(log, -EINVAL,
				 "--serial=%s: its registers at 0x%" PRIx64 " are System RAM",
				 serial, console->address);
	log_warning(log,
		    "the console's registers at 0x%" PRIx64 " are System RAM: purgatory will "
		    "report nothing unless another one is named with --serial",
		    console->address);
	*console = (struct console){.reason = "its registers are System RAM"};
	return 0;
}

static void log_console(const struct console *console, const struct log *log)
{
	if (console_registers(console))
		log_detail(log, "console: %s at 0x%" PRIx64, console_name(console),
			   console->address);
	else
		log_detail(log, "console: %s", console_name(console));
}

static int read_devicetree(struct machine *machine, const struct log *log)
{
	int error = devicetree_read_running(&machine->devicetree, &machine->sysroot, log);

	if (!error)
		machine->board = compatible_read(machine->devicetree.fdt, 0);
	return error == -ENOENT ? 0 : error;
}

static int read_memory(struct memory_map *map, const struct sysroot *sysroot, const struct log *log)
{
	int error = memory_map_read(map, sysroot, log);

	if (error)
		return error;
	error = hot_pluggable_read(&map->hot_pluggable, sysroot);
	return error ? log_error(log, error, "no memory for the memory map") : 0;
}

int machine_read(struct machine *machine, const struct arch *arch, const char *sysroot,
		 const char *serial, const struct log *log)
{
	int error;

	memset(machine, 0, sizeof(*machine));
	machine->sysroot.directory = sysroot ? sysroot : "";
	error = read_memory(&machine->memory, &machine->sysroot, log);
	if (error)
		return error;
	error = read_page_size(machine, log);
	if (error)
		return error;
	read_meminfo(machine, log);
	error = read_devicetree(machine, log);
	if (!error && sysroot)
		error = captured_arch_check(arch, &machine->sysroot, &machine->devicetree, log);
	if (error)
		return error;
	cpu_read(&machine->cpu, &machine->devicetree, &machine->sysroot);
	machine->cache_block_size =
		cache_block_find(arch, &machine->devicetree, &machine->sysroot, log);
	machine->cpu_features = cpu_features_find(arch, &machine->sysroot);
	linear_map_find(&machine->linear_map, arch, &machine->sysroot, log);
	error = console_find(&machine->console, arch, &machine->devicetree, &machine->sysroot,
			     serial, log);
	if (error)
		return error;
	ramoops_find(&machine->ramoops, &machine->devicetree, &machine->memory, &machine->sysroot,
		     log);
	if (range_size(machine->ramoops.range))
		machine->ramoops_block_size =
			cache_block_size(arch, &machine->devicetree, &machine->sysroot);
	machine->reset_method = firmware_find_reset(arch, &machine->devicetree, &machine->sysroot);
	machine->timer_frequency =
		firmware_find_timer_frequency(&machine->devicetree, &machine->sysroot);
	watchdogs_log(&machine->sysroot, log);
	machine->time_limit = counter_find_time_limit(&machine->devicetree, &machine->sysroot, log);
	error = check_console(machine, serial, log);
	if (!error)
		log_console(&machine->console, log);
	return error;
}

void machine_free(struct machine *machine)
{
	memory_map_free(&machine->memory);
	devicetree_free(&machine->devicetree);
}
