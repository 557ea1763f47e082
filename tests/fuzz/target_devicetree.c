/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A flattened device tree: that of the running system and that of --dtb, with all that is read from
 * either, and the tree that is made for the next kernel.
 */
#include <libfdt.h>

#include "arch/arch.h"
#include "console/console_source.h"
#include "cpu/cache_block.h"
#include "cpu/counter.h"
#include "cpu/cpu.h"
#include "devicetree/devicetree.h"
#include "devicetree/fdt_query.h"
#include "devicetree/fdt_reserved.h"
#include "devicetree/last_report.h"
#include "digest/cpu_engines.h"
#include "firmware/firmware.h"
#include "machine/captured_arch.h"
#include "machine/ramoops.h"
#include "permit/cpu_stop.h"
#include "plan/fdt_prepare.h"
#include "plan/next_memory.h"
#include "target.h"

static const struct range memory_start = {UINT64_C(1) << 30, UINT64_C(3) << 30};

static void check_set(const struct range_set *set)
{
	for (size_t i = 0; i < set->count; i++)
		fuzz_expect(set->ranges[i].start < set->ranges[i].end &&
				    (i == 0 || set->ranges[i - 1].end < set->ranges[i].start),
			    "ranges are sorted, apart and not empty");
}

/* What the machine is, by the tree. */
static void read_machine(const struct devicetree *tree, const struct arch *arch,
			 const struct memory_map *map, const struct log *log)
{
	const struct sysroot *sysroot = fuzz_sysroot();
	struct ramoops_zone zone;
	struct console_port port;
	char text[CONSOLE_TEXT_SIZE];
	struct cpu_engines engines;
	struct cpu cpu;

	cpu_read(&cpu, tree, sysroot);
	cpu_engines_read(&engines, arch, &cpu, tree, sysroot);
	cache_block_find(arch, tree, sysroot, log);
	counter_find_time_limit(tree, sysroot, log);
	firmware_find_reset(arch, tree, sysroot);
	firmware_find_timer_frequency(tree, sysroot);
	cpu_stop_find_obstacle(arch, tree, sysroot);
	console_from_devicetree(&port, tree);
	console_describe(text, &port);
	ramoops_find(&zone, tree, map, sysroot, log);
	fuzz_expect(zone.range.start <= zone.range.end, "a zone is a range");
}

/* The memory that the tree leaves to the next kernel. */
static void read_memory(const void *fdt, const struct memory_map *map, const struct arch *arch)
{
	struct next_memory next = {0};
	struct range_set places = {0};
	struct fuzz_log log;
	int error;

	fuzz_log_open(&log);
	error = next_memory_read(&next, fdt, map, arch, "tree", &log.log);
	fuzz_log_close(&log, error);
	check_set(&next.ram);
	check_set(&next.usable);
	check_set(&next.cacheable);
	check_set(&next.wanted);
	fuzz_expect(next_memory_find_dtb_places(&places, &next, 8192) == 0, "places are found");
	check_set(&places);
	range_set_free(&places);
	fuzz_expect(next_memory_find_code_places(&places, &next) == 0, "places are found");
	check_set(&places);
	range_set_free(&places);
	next_memory_free(&next);
}

static void prepare(const struct devicetree *tree, const struct memory_map *map,
		    const struct arch *arch)
{
	const struct fdt_prepare request = {.source = "tree", .running = tree};
	struct devicetree prepared = {0};
	struct fuzz_log log;
	int error;

	fuzz_log_open(&log);
	error = fdt_prepare_for_next(&prepared, tree, &request, &log.log);
	fuzz_log_close(&log, error);
	if (error)
		return;
	fuzz_expect(fdt_check_full(prepared.fdt, prepared.size) == 0, "the new tree is right");
	read_memory(prepared.fdt, map, arch);
	devicetree_free(&prepared);
}

static void use(const struct devicetree *tree)
{
	const struct arch *arch = fdt_totalsize(tree->fdt) & 1 ? &arch_riscv64 : &arch_arm64;
	struct memory_map map = {0};
	struct fdt_reserved reserved = {0};
	struct range_set ram = {0};
	struct fuzz_log log;

	fuzz_expect(range_set_add(&map.ram, memory_start) == 0, "memory for a range");
	fuzz_log_open(&log);
	read_machine(tree, arch, &map, &log.log);
	fuzz_log_close_silent(&log);
	fuzz_log_open(&log);
	fuzz_log_close(&log, captured_arch_check(arch, fuzz_sysroot(), tree, &log.log));
	fdt_query_ram(tree->fdt, &ram);
	check_set(&ram);
	fdt_reserved_read(&reserved, tree->fdt);
	check_set(&reserved.all);
	check_set(&reserved.no_map);
	fdt_reserved_free(&reserved);
	range_set_free(&ram);
	prepare(tree, &map, arch);
	memory_map_free(&map);
}

void fuzz_devicetree(const uint8_t *data, size_t size)
{
	char report[PURGATORY_REPORT_SIZE + 1];
	struct devicetree tree = {0};
	struct fuzz_log log;
	int error;

	fuzz_sysroot_put("/sys/firmware/fdt", data, size);
	fuzz_log_open(&log);
	error = devicetree_read_running(&tree, fuzz_sysroot(), &log.log);
	fuzz_log_close(&log, error);
	if (!error) {
		use(&tree);
		devicetree_free(&tree);
	}
	fuzz_log_open(&log);
	error = last_report_read(report, fuzz_sysroot(), &log.log);
	fuzz_log_close(&log, error);
}
