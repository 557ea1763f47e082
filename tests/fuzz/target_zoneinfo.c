/* SPDX-License-Identifier: GPL-2.0-only */
/* /proc/zoneinfo, and the prices of memory by it. */
#include <stdlib.h>

#include "machine/page_allocator.h"
#include "machine/zones.h"
#include "target.h"

static const struct range ram = {UINT64_C(1) << 30, UINT64_C(3) << 30};

static void price(const struct zones *zones)
{
	struct memory_map map = {0};
	struct cost_map costs = {0};
	const struct page_allocator_request request = {
		.map = &map, .candidates = &map.ram, .needed = 40 << 20, .page_size = 4096};
	bool *reached = calloc(zones->count + 1, sizeof(*reached));
	struct fuzz_log log;

	fuzz_expect(reached && range_set_add(&map.ram, ram) == 0, "memory for zones");
	zones_find_reached(zones, request.needed, reached);
	free(reached);
	fuzz_log_open(&log);
	fuzz_log_close(&log, page_allocator_read(&costs, &request, fuzz_sysroot(), &log.log));
	cost_map_free(&costs);
	memory_map_free(&map);
}

void fuzz_zoneinfo(const uint8_t *data, size_t size)
{
	struct zones zones;

	fuzz_sysroot_put("/proc/zoneinfo", data, size);
	if (zones_read(&zones, 4096, fuzz_sysroot()))
		return;
	for (size_t i = 0; i < zones.count; i++)
		fuzz_expect(zones.zones[i].range.start < zones.zones[i].range.end,
			    "no zone is empty");
	price(&zones);
	zones_free(&zones);
}
