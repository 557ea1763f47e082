/* SPDX-License-Identifier: GPL-2.0-only */
/* /proc/iomem. */
#include "machine/memory_map.h"
#include "target.h"

static void check_set(const struct range_set *set)
{
	for (size_t i = 0; i < set->count; i++)
		fuzz_expect(set->ranges[i].start < set->ranges[i].end &&
				    (i == 0 || set->ranges[i - 1].end < set->ranges[i].start),
			    "ranges are sorted, apart and not empty");
}

void fuzz_iomem(const uint8_t *data, size_t size)
{
	struct range_set reserved = {0};
	struct memory_map map;
	struct fuzz_log log;
	int error;

	fuzz_sysroot_put("/proc/iomem", data, size);
	fuzz_log_open(&log);
	error = memory_map_read(&map, fuzz_sysroot(), &log.log);
	fuzz_log_close(&log, error);
	if (error)
		return;
	check_set(&map.ram);
	check_set(&map.dumped);
	check_set(&map.reserved);
	check_set(&map.crash);
	fuzz_expect(map.crash_region_count <= MEMORY_MAP_CRASH_MAX, "two crash regions at most");
	fuzz_expect(memory_map_add_firmware_reserved(&reserved, &map) == 0, "ranges are united");
	check_set(&reserved);
	range_set_free(&reserved);
	memory_map_free(&map);
}
