/* SPDX-License-Identifier: GPL-2.0-only */
/* The header of a dump, read back with libelf and compared with a table that was there before. */
#include "support.h"

#include <elf.h>
#include <errno.h>
#include <gelf.h>
#include <libelf.h>
#include <stdlib.h>

#include "arch/arch.h"
#include "plan/elfcorehdr.h"

#define LINEAR UINT64_C(0xfff0000000000000)
#define IMAGE  UINT64_C(0xffffc8fc4c800000)

#define RANGES_MAX 4

/* A machine, and the table of segments that a dump of it has. */
struct machine_case {
	const struct arch *arch;
	struct range cpus[RANGES_MAX];
	struct range ram[RANGES_MAX];
	struct range crash[RANGES_MAX];
	struct range kernel;
	bool image_known;
	struct {
		uint32_t type;
		struct range memory;
		uint64_t address;
	} expected[8];
};

static const struct range vmcoreinfo = {0x100b06000, 0x100b07024};

static const struct machine_case machines[] = {
	/* Two CPUs, two crash regions, one of them at the end of RAM */
	{&arch_arm64,
	 {{0x1000, 0x11a8}, {0x41000, 0x411a8}},
	 {{0x40000000, 0xc0000000}, {0x100000000, 0x180000000}},
	 {{0x80000000, 0x88000000}, {0x170000000, 0x180000000}},
	 {0x40200000, 0x426f0000},
	 true,
	 {{PT_NOTE, {0x1000, 0x11a8}, 0},
	  {PT_NOTE, {0x41000, 0x411a8}, 0},
	  {PT_NOTE, {0x100b06000, 0x100b07024}, 0},
	  {PT_LOAD, {0x40200000, 0x426f0000}, IMAGE + 0x40200000},
	  {PT_LOAD, {0x40000000, 0x80000000}, LINEAR + 0x40000000},
	  {PT_LOAD, {0x88000000, 0xc0000000}, LINEAR + 0x88000000},
	  {PT_LOAD, {0x100000000, 0x170000000}, LINEAR + 0x100000000}}},
	/* RAM in neighbouring pieces is one, crash regions side by side leave nothing between */
	{&arch_riscv64,
	 {{0x80001000, 0x80001198}},
	 {{0x80000000, 0xa0000000}, {0xa0000000, 0xc0000000}},
	 {{0x90000000, 0x98000000}, {0x98000000, 0xa0000000}},
	 {0x80202000, 0x8206a338},
	 true,
	 {{PT_NOTE, {0x80001000, 0x80001198}, 0},
	  {PT_NOTE, {0x100b06000, 0x100b07024}, 0},
	  {PT_LOAD, {0x80202000, 0x8206a338}, IMAGE + 0x80202000},
	  {PT_LOAD, {0x80000000, 0x90000000}, LINEAR + 0x80000000},
	  {PT_LOAD, {0xa0000000, 0xc0000000}, LINEAR + 0xa0000000}}},
	/* The addresses at which the kernel runs are not known */
	{&arch_arm64,
	 {{0x1000, 0x11a8}},
	 {{0x40000000, 0x80000000}},
	 {{0x40000000, 0x48000000}},
	 {0x48200000, 0x4a6f0000},
	 false,
	 {{PT_NOTE, {0x1000, 0x11a8}, 0},
	  {PT_NOTE, {0x100b06000, 0x100b07024}, 0},
	  {PT_LOAD, {0x48000000, 0x80000000}, LINEAR + 0x48000000}}},
	/* nor where it lies */
	{&arch_arm64,
	 {{0x1000, 0x11a8}},
	 {{0x40000000, 0x80000000}},
	 {{0}},
	 {0},
	 true,
	 {{PT_NOTE, {0x1000, 0x11a8}, 0},
	  {PT_NOTE, {0x100b06000, 0x100b07024}, 0},
	  {PT_LOAD, {0x40000000, 0x80000000}, LINEAR + 0x40000000}}},
	/* A crash region that is larger than the range of RAM that it lies in */
	{&arch_arm64,
	 {{0x1000, 0x11a8}},
	 {{0x40000000, 0x50000000}, {0x60000000, 0x70000000}},
	 {{0x48000000, 0x68000000}},
	 {0},
	 false,
	 {{PT_NOTE, {0x1000, 0x11a8}, 0},
	  {PT_NOTE, {0x100b06000, 0x100b07024}, 0},
	  {PT_LOAD, {0x40000000, 0x48000000}, LINEAR + 0x40000000},
	  {PT_LOAD, {0x68000000, 0x70000000}, LINEAR + 0x68000000}}},
};

static void add_ranges(struct range_set *set, const struct range ranges[RANGES_MAX])
{
	for (size_t i = 0; i < RANGES_MAX; i++)
		assert_int_equal(range_set_add(set, ranges[i]), 0);
}

/* Make the header of that machine, for a kernel that wants so many bytes of it. */
static int make(struct elfcorehdr *header, const struct machine_case *machine, uint64_t size_min,
		struct test_log *log)
{
	const struct linear_map linear_map = {
		.known = true,
		.offset = LINEAR,
		.image_known = machine->image_known,
		.image_offset = IMAGE,
	};
	struct range cpus[RANGES_MAX];
	struct crash_info info = {.cpu_notes = cpus, .vmcoreinfo = vmcoreinfo};
	struct memory_map map = {.kernel = machine->kernel};
	int result;

	for (; range_size(machine->cpus[info.cpu_count]); info.cpu_count++)
		cpus[info.cpu_count] = machine->cpus[info.cpu_count];
	add_ranges(&map.dumped, machine->ram);
	add_ranges(&map.crash, machine->crash);
	result = elfcorehdr_make(header, machine->arch, &info, &map, &linear_map, size_min,
				 &log->log);
	memory_map_free(&map);
	return result;
}

static Elf *open_header(const struct elfcorehdr *header)
{
	Elf *elf;

	assert_int_not_equal(elf_version(EV_CURRENT), EV_NONE);
	elf = elf_memory(header->data, header->size);
	assert_non_null(elf);
	assert_int_equal(elf_kind(elf), ELF_K_ELF);
	return elf;
}

static void check_file_header(Elf *elf, const struct arch *arch, size_t count)
{
	GElf_Ehdr header;

	assert_non_null(gelf_getehdr(elf, &header));
	assert_int_equal(header.e_ident[EI_CLASS], ELFCLASS64);
	assert_int_equal(header.e_ident[EI_DATA], ELFDATA2LSB);
	assert_int_equal(header.e_ident[EI_VERSION], EV_CURRENT);
	assert_int_equal(header.e_ident[EI_OSABI], ELFOSABI_NONE);
	assert_int_equal(header.e_type, ET_CORE);
	assert_int_equal(header.e_machine, arch == &arch_arm64 ? EM_AARCH64 : EM_RISCV);
	assert_int_equal(header.e_version, EV_CURRENT);
	assert_int_equal(header.e_entry, 0);
	assert_int_equal(header.e_phoff, 64);
	assert_int_equal(header.e_shoff, 0);
	assert_int_equal(header.e_flags, 0);
	assert_int_equal(header.e_ehsize, 64);
	assert_int_equal(header.e_phentsize, 56);
	assert_int_equal(header.e_phnum, count);
	assert_int_equal(header.e_shnum, 0);
	assert_int_equal(header.e_shstrndx, SHN_UNDEF);
}

/* All fields of all segments; returns how many there are. */
static size_t check_segments(const struct elfcorehdr *header, const struct machine_case *machine)
{
	Elf *elf = open_header(header);
	size_t count = 0;

	for (; machine->expected[count].type; count++) {
		const struct range memory = machine->expected[count].memory;
		const bool load = machine->expected[count].type == PT_LOAD;
		GElf_Phdr segment;

		assert_non_null(gelf_getphdr(elf, (int)count, &segment));
		assert_int_equal(segment.p_type, machine->expected[count].type);
		assert_int_equal(segment.p_flags, load ? PF_R | PF_W | PF_X : 0);
		assert_int_equal(segment.p_offset, memory.start);
		assert_int_equal(segment.p_vaddr, machine->expected[count].address);
		assert_int_equal(segment.p_paddr, memory.start);
		assert_int_equal(segment.p_filesz, memory.end - memory.start);
		assert_int_equal(segment.p_memsz, memory.end - memory.start);
		assert_int_equal(segment.p_align, load ? 0 : 4);
	}
	check_file_header(elf, machine->arch, count);
	elf_end(elf);
	return count;
}

static void test_tables(void **state)
{
	struct test_log log;

	(void)state;
	test_log_open(&log);
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		struct elfcorehdr header;

		assert_int_equal(make(&header, &machines[i], 0, &log), 0);
		assert_int_equal(header.size, 64 + 56 * check_segments(&header, &machines[i]));
		elfcorehdr_free(&header);
		assert_null(header.data);
	}
	test_log_expect_nothing(&log);
	test_log_close(&log);
}

/* For --hotplug the kernel wants room to list more, and zeros in it. */
static void test_room_for_changes(void **state)
{
	const uint64_t needed = 64 + 56 * 7;
	const uint64_t sizes[] = {needed, needed + 1, 65536};
	struct elfcorehdr header;
	struct test_log log;

	(void)state;
	test_log_open(&log);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		assert_int_equal(make(&header, &machines[0], sizes[i], &log), 0);
		assert_int_equal(header.size, sizes[i]);
		assert_int_equal(check_segments(&header, &machines[0]), 7);
		for (uint64_t at = needed; at < header.size; at++)
			assert_int_equal(((const uint8_t *)header.data)[at], 0);
		elfcorehdr_free(&header);
	}
	test_log_expect_nothing(&log);
	assert_int_equal(make(&header, &machines[0], needed - 1, &log), -ENOTSUP);
	test_log_expect(&log, "has 456 bytes, but the running kernel keeps at most 455 up to date: "
			      "load without --hotplug");
	elfcorehdr_free(&header);
	test_log_close(&log);
}

/* The number of segments has 16 bits, of which the last value has another meaning. */
static void test_too_many(void **state)
{
	const struct linear_map linear_map = {.known = true, .image_known = true};
	struct range ram[] = {{0x40000000, 0x80000000}};
	const struct memory_map map = {.dumped = {.ranges = ram, .count = 1},
				       .kernel = {0x40200000, 0x41000000}};
	struct crash_info info = {.vmcoreinfo = vmcoreinfo, .cpu_count = PN_XNUM - 1 - 3};
	struct elfcorehdr header;
	struct test_log log;
	Elf *elf;

	(void)state;
	test_log_open(&log);
	info.cpu_notes = calloc(PN_XNUM, sizeof(*info.cpu_notes));
	assert_non_null(info.cpu_notes);
	for (size_t i = 0; i < PN_XNUM; i++)
		info.cpu_notes[i] = (struct range){0x1000, 0x11a8};
	assert_int_equal(
		elfcorehdr_make(&header, &arch_arm64, &info, &map, &linear_map, 0, &log.log), 0);
	elf = open_header(&header);
	check_file_header(elf, &arch_arm64, PN_XNUM - 1);
	elf_end(elf);
	elfcorehdr_free(&header);
	test_log_expect_nothing(&log);

	info.cpu_count++;
	assert_int_equal(
		elfcorehdr_make(&header, &arch_arm64, &info, &map, &linear_map, 0, &log.log),
		-E2BIG);
	test_log_expect(&log, "65535 CPUs and ranges of RAM are more than the header of a dump can "
			      "list (65534)");
	assert_null(header.data);
	crash_info_free(&info);
	test_log_close(&log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_room_for_changes),
		cmocka_unit_test(test_too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
