/* SPDX-License-Identifier: GPL-2.0-only */
/* What memory costs, by made-up zones and page flags. */
#include "machine/page_allocator.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

#define MIB(number) (UINT64_C(number) << 20)
#define GIB(number) (UINT64_C(number) << 30)

/* Of include/uapi/linux/kernel-page-flags.h. */
#define LRU	   (UINT64_C(1) << 5)
#define SLAB	   (UINT64_C(1) << 7)
#define BUDDY	   (UINT64_C(1) << 10)
#define MMAP	   (UINT64_C(1) << 11)
#define ANON	   (UINT64_C(1) << 12)
#define SWAPBACKED (UINT64_C(1) << 14)
#define TAIL	   (UINT64_C(1) << 16)
#define THP	   (UINT64_C(1) << 22)
#define RESERVED   (UINT64_C(1) << 32)

/* Pages that have these flags; all others are user space's. */
struct flagged {
	struct range range;
	uint64_t flags;
};

/* What an address costs. */
enum price {
	NOTHING,
	LITTLE, /* a part of its block is free, or it lies in the middle of what is free */
	MUCH,
};

struct probe {
	uint64_t address;
	enum price price;
};

#define PROBES_MAX 7

struct allocator_case {
	const char *name;
	struct range ram[2];
	uint64_t page_size;
	uint64_t needed;
	const char *zoneinfo; /* NULL: none */
	bool memory_device;   /* that can be plugged in */
	struct range flags;   /* where kpageflags has pages; empty: there is no such file */
	struct flagged flagged[4];
	struct probe probes[PROBES_MAX];
	const char *message; /* a part of the last one of --debug */
};

/* One zone of all RAM: 0 to 64 MiB. */
#define ONE_ZONE                                                                       \
	"Node 0, zone DMA\n  pages free 9000\n        low 10\n        spanned 16384\n" \
	"        protection: (0, 0)\n  start_pfn: 0\n"                                 \
	"Node 0, zone Normal\n  pages free 0\n        low 0\n        spanned 0\n"

/* The upper half is the higher zone. */
#define TWO_ZONES(free)                                                                      \
	"Node 0, zone DMA\n  pages free 5000\n        low 10\n        spanned 8192\n"        \
	"        protection: (0, 0)\n  start_pfn: 0\n"                                       \
	"Node 0, zone Normal\n  pages free " free "\n        low 10\n        spanned 8192\n" \
	"        protection: (0, 0)\n  start_pfn: 8192\n"

#define MOVABLE_ZONE                                                         \
	ONE_ZONE "Node 0, zone Movable\n  pages free 5000\n        low 10\n" \
		 "        spanned 8192\n        protection: (0, 0)\n  start_pfn: 16384\n"

/* Where the running kernel lies in all cases. */
static const struct range kernel = {MIB(4), MIB(12)};

static const struct allocator_case cases[] = {
	{
		.name = "all is free: the middle is cheap, the ends are not",
		.ram = {{0, MIB(64)}},
		.zoneinfo = ONE_ZONE,
		.flags = {0, MIB(64)},
		.flagged = {{{0, MIB(64)}, BUDDY}},
		.probes = {{0, MUCH}, {MIB(63), MUCH}, {MIB(32), LITTLE}, {MIB(8), LITTLE}},
		.message = "32 blocks of 2 MiB seen; of 65536 KiB in reach 65536 KiB",
	},
	{
		.name = "pages of user space cost nothing, those without flags do",
		.ram = {{0, MIB(64)}},
		.needed = MIB(24),
		.zoneinfo = ONE_ZONE,
		.flags = {0, MIB(64)},
		.flagged = {{{MIB(16), MIB(20)}, 0}, {{MIB(40), MIB(64)}, BUDDY | RESERVED}},
		.probes = {{0, NOTHING},
			   {MIB(15), NOTHING},
			   {MIB(16), MUCH},
			   {MIB(20), NOTHING},
			   {MIB(38), NOTHING},
			   {MIB(62), MUCH}},
		.message = "of 65536 KiB in reach 28672 KiB may be handed out",
	},
	{
		.name = "the kernel's pages cost the most, its image nothing",
		.ram = {{0, MIB(64)}},
		.needed = MIB(16),
		.zoneinfo = ONE_ZONE,
		.flags = {0, MIB(64)},
		.flagged = {{{0, MIB(64)}, BUDDY},
			    {{MIB(2), MIB(16)}, RESERVED},
			    {{MIB(30), MIB(34)}, SLAB},
			    {{MIB(48), MIB(50)}, MMAP}},
		.probes = {{MIB(2), MUCH},
			   {MIB(4), NOTHING},
			   {MIB(11), NOTHING},
			   {MIB(14), MUCH},
			   {MIB(22), LITTLE},
			   {MIB(32), MUCH},
			   {MIB(48), MUCH}},
	},
	{
		.name = "one page of the kernel's is enough to keep off a block",
		.ram = {{0, MIB(64)}},
		.zoneinfo = ONE_ZONE,
		.flags = {0, MIB(64)},
		.flagged = {{{MIB(20), MIB(20) + 4096}, SLAB}, {{MIB(40), MIB(64)}, BUDDY}},
		.probes = {{MIB(18), NOTHING},
			   {MIB(20), MUCH},
			   {MIB(22) - 4096, MUCH},
			   {MIB(22), NOTHING},
			   {MIB(52), LITTLE}},
	},
	{
		.name = "one page without flags likewise, be the rest free",
		.ram = {{0, MIB(64)}},
		.zoneinfo = ONE_ZONE,
		.flags = {0, MIB(64)},
		.flagged = {{{0, MIB(64)}, BUDDY}, {{MIB(32), MIB(32) + 4096}, 0}},
		.probes = {{MIB(18), LITTLE}, {MIB(32), MUCH}, {MIB(48), LITTLE}},
	},
	{
		.name = "a block that is free in part",
		.ram = {{0, MIB(64)}},
		.zoneinfo = ONE_ZONE,
		.flags = {0, MIB(64)},
		.flagged = {{{MIB(17), MIB(17) + (512 << 10)}, BUDDY}, {{MIB(30), MIB(32)}, BUDDY}},
		.probes = {{MIB(14), NOTHING},
			   {MIB(16), LITTLE},
			   {MIB(18), NOTHING},
			   {MIB(30), MUCH}},
		.message = "2560 KiB may be handed out",
	},
	{
		.name = "no page flags: all but the kernel is free",
		.ram = {{0, MIB(64)}},
		.zoneinfo = ONE_ZONE,
		.probes = {{0, MUCH},
			   {MIB(4), NOTHING},
			   {MIB(11), NOTHING},
			   {MIB(12), MUCH},
			   {MIB(36), LITTLE},
			   {MIB(63), MUCH}},
		.message = ": 0 blocks of 2 MiB seen; of 65536 KiB in reach 57344 KiB",
	},
	{
		.name = "page flags that end: the rest is not to be used",
		.ram = {{0, MIB(64)}},
		.zoneinfo = ONE_ZONE,
		.flags = {0, MIB(33)},
		.probes = {{0, NOTHING},
			   {MIB(30), NOTHING},
			   {MIB(32), MUCH},
			   {MIB(48), MUCH},
			   {MIB(62), MUCH}},
		.message = ": 16 blocks of 2 MiB seen",
	},
	{
		.name = "a zone that is not reached costs nothing",
		.ram = {{0, MIB(64)}},
		.needed = MIB(16),
		.zoneinfo = TWO_ZONES("4106"),
		.probes = {{0, NOTHING}, {MIB(31), NOTHING}, {MIB(32), MUCH}, {MIB(63), MUCH}},
		.message = "0x2000000 to 0x4000000: 16384 KiB to be handed out, source pages",
	},
	{
		.name = "in a zone that is not reached the kernel's pages cost",
		.ram = {{0, MIB(64)}},
		.needed = MIB(16),
		.zoneinfo = TWO_ZONES("9000"),
		.flags = {0, MIB(64)},
		.flagged = {{{0, MIB(64)}, BUDDY}, {{MIB(8), MIB(8) + 4096}, 0}},
		.probes = {{0, NOTHING},
			   {MIB(7), NOTHING},
			   {MIB(8), MUCH},
			   {MIB(10), NOTHING},
			   {MIB(31), NOTHING},
			   {MIB(32), MUCH},
			   {MIB(63), MUCH}},
		.message = ": 16 blocks of 2 MiB seen",
	},
	{
		.name = "the next zone is reached when one has not enough",
		.ram = {{0, MIB(64)}},
		.needed = MIB(16),
		.zoneinfo = TWO_ZONES("4105"),
		.probes = {{0, MUCH}, {MIB(62), MUCH}},
	},
	{
		.name = "what is not reached is too small: page flags are read",
		.ram = {{MIB(24), MIB(64)}},
		.needed = MIB(16),
		.zoneinfo = TWO_ZONES("9000"),
		.flags = {0, MIB(64)},
		.flagged = {{{MIB(24), MIB(40)}, BUDDY}},
		.probes = {{MIB(24), NOTHING}, {MIB(33), MUCH}, {MIB(40), NOTHING}},
	},
	{
		.name = "movable memory may have come after boot: nothing has a price",
		.ram = {{0, MIB(96)}},
		.needed = MIB(16),
		.zoneinfo = MOVABLE_ZONE,
		.probes =
			{{0, NOTHING}, {MIB(63), NOTHING}, {MIB(64), NOTHING}, {MIB(95), NOTHING}},
		.message = "movable or offline",
	},
	{
		.name = "memory that is offline",
		.ram = {{0, MIB(64)}, {MIB(64), MIB(96)}},
		.needed = MIB(16),
		.zoneinfo = ONE_ZONE,
		.probes = {{0, NOTHING}, {MIB(63), NOTHING}, {MIB(64), NOTHING}},
		.message = "movable or offline",
	},
	{
		.name = "memory can be plugged in",
		.ram = {{0, MIB(64)}},
		.zoneinfo = ONE_ZONE,
		.memory_device = true,
		.probes = {{0, NOTHING}, {MIB(63), NOTHING}},
		.message = "plugged in",
	},
	{
		.name = "nothing is known: RAM below 4 GiB serves only where there is no other",
		.ram = {{GIB(1), GIB(2)}},
		.needed = MIB(64),
		.probes = {{GIB(1), MUCH}, {GIB(1) + MIB(512), LITTLE}, {GIB(2) - 4096, MUCH}},
	},
	{
		.name = "nothing is known: RAM above 4 GiB is asked first",
		.ram = {{GIB(1), GIB(4)}, {GIB(4), GIB(5)}},
		.needed = MIB(512),
		.probes = {{GIB(1), NOTHING}, {GIB(4) - 4096, NOTHING}, {GIB(4), MUCH}},
	},
	{
		.name = "of memory without end the first 8 GiB are looked at",
		.ram = {{0, GIB(1024)}},
		.page_size = 65536,
		.needed = MIB(64),
		.zoneinfo = "Node 0, zone Normal\n  pages free 9000\n  spanned 16777216\n"
			    "  start_pfn: 0\n",
		.flags = {0, GIB(9)},
		.probes = {{0, NOTHING},
			   {GIB(8) - 65536, NOTHING},
			   {GIB(8), MUCH},
			   {GIB(516), MUCH},
			   {GIB(1024) - 65536, MUCH}},
		.message = ": 4096 blocks of 2 MiB seen",
	},
};

struct fixture {
	struct test_system system;
	struct memory_map map;
};

static int set_up(void **state)
{
	struct fixture *fixture;

	if (test_system_set_up(state, sizeof(struct fixture)))
		return -1;
	fixture = *state;
	fixture->system.log.log.details = true;
	fixture->map.kernel = kernel;
	return 0;
}

static void write_flags(const struct test_system *system, const struct allocator_case *tested,
			uint64_t page_size)
{
	static const uint64_t used[] = {LRU, ANON | SWAPBACKED, THP | TAIL};
	const size_t count = range_size(tested->flags) / page_size;
	uint64_t *flags = calloc(count, sizeof(*flags));

	assert_non_null(flags);
	for (size_t i = 0; i < count; i++)
		flags[i] = used[i % ARRAY_SIZE(used)];
	for (size_t i = 0; i < ARRAY_SIZE(tested->flagged); i++) {
		const struct flagged *part = &tested->flagged[i];

		for (size_t j = part->range.start / page_size; j < part->range.end / page_size; j++)
			flags[j] = part->flags;
	}
	test_sysroot_write(system->directory, "/proc/kpageflags", flags, count * sizeof(*flags));
	free(flags);
}

static void write_system(struct fixture *fixture, const struct allocator_case *tested,
			 uint64_t page_size)
{
	for (size_t i = 0; i < ARRAY_SIZE(tested->ram); i++)
		assert_int_equal(range_set_add(&fixture->map.ram, tested->ram[i]), 0);
	if (tested->zoneinfo)
		test_sysroot_write_text(fixture->system.directory, "/proc/zoneinfo",
					tested->zoneinfo);
	if (tested->memory_device)
		test_sysroot_write_text(fixture->system.directory,
					"/sys/bus/acpi/devices/PNP0C80:00/hid", "PNP0C80\n");
	if (range_size(tested->flags))
		write_flags(&fixture->system, tested, page_size);
}

/* The highest density of the case. */
static uint32_t find_highest(const struct cost_map *costs)
{
	uint32_t highest = 0;

	for (size_t i = 0; i < costs->count; i++)
		if (costs->entries[i].density > highest)
			highest = costs->entries[i].density;
	return highest;
}

static void check_probe(const char *name, const struct cost_map *costs, const struct probe *probe)
{
	const struct range page = {probe->address, probe->address + COST_MAP_UNIT};
	const uint64_t cost = cost_map_sum(costs, page);
	const uint32_t highest = find_highest(costs);
	enum price price = MUCH;

	if (cost == 0)
		price = NOTHING;
	else if (cost * 3 <= highest * 2)
		price = LITTLE;
	if (price != probe->price)
		fail_msg("%s: 0x%lx costs %lu of %u", name, (unsigned long)probe->address,
			 (unsigned long)cost, highest);
}

static void test_case(struct fixture *fixture, const struct allocator_case *tested)
{
	struct page_allocator_request request = {
		.map = &fixture->map,
		.candidates = &fixture->map.ram,
		.needed = tested->needed ? tested->needed : MIB(8),
		.page_size = tested->page_size ? tested->page_size : 4096,
	};
	struct page_flags flags = {.page_size = request.page_size, .image = kernel};
	struct cost_map costs = {0};
	FILE *stream = fixture->system.log.log.stream;

	write_system(fixture, tested, request.page_size);
	if (page_flags_open(&flags, &fixture->system.sysroot, tested->ram[0].start) == 0)
		request.flags = &flags;
	assert_int_equal(page_allocator_read(&costs, &request, &fixture->system.sysroot,
					     &fixture->system.log.log),
			 0);
	fflush(stream);
	if (tested->message && !strstr(fixture->system.log.text, tested->message))
		fail_msg("%s: %s", tested->name, fixture->system.log.text);
	for (size_t i = 0; i < PROBES_MAX; i++)
		if (i == 0 || tested->probes[i].address)
			check_probe(tested->name, &costs, &tested->probes[i]);
	page_flags_close(&flags);
	cost_map_free(&costs);
	range_set_free(&fixture->map.ram);
}

static void test_cases(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		void *state;

		assert_int_equal(set_up(&state), 0);
		test_case(state, &cases[i]);
		assert_int_equal(test_system_tear_down(&state), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
