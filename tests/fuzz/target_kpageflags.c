/* SPDX-License-Identifier: GPL-2.0-only */
/* /proc/kpageflags, with what is made of it: prices, and pages that are kept off. */
#include "machine/page_allocator.h"
#include "machine/page_flags.h"
#include "target.h"

#define PAGE_SIZE 4096

static const struct range ram = {UINT64_C(1) << 20, UINT64_C(9) << 20};

void fuzz_kpageflags(const uint8_t *data, size_t size)
{
	struct page_flags flags = {.page_size = PAGE_SIZE,
				   .image = {ram.start, ram.start + PAGE_SIZE},
				   .only_poison = size & 1};
	enum page_use uses[PAGE_FLAGS_BATCH];
	struct memory_map map = {0};
	struct cost_map costs = {0};
	struct page_allocator_request request = {
		.map = &map, .candidates = &map.ram, .needed = 1 << 20, .page_size = PAGE_SIZE};
	struct fuzz_log log;
	ssize_t known;

	fuzz_sysroot_put("/proc/kpageflags", data, size);
	fuzz_expect(range_set_add(&map.ram, ram) == 0, "memory for a range");
	if (page_flags_open(&flags, fuzz_sysroot(), 0) == 0) {
		known = page_flags_look(&flags, 0, PAGE_FLAGS_BATCH, uses);
		fuzz_expect(known >= 0 && (size_t)known <= size / sizeof(uint64_t),
			    "no more pages than the file has");
		request.flags = &flags;
	}
	fuzz_log_open(&log);
	fuzz_log_close(&log, page_allocator_read(&costs, &request, fuzz_sysroot(), &log.log));
	cost_map_free(&costs);
	if (request.flags)
		page_flags_close(&flags);
	memory_map_free(&map);
}
