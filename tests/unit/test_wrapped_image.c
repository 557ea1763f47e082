/* SPDX-License-Identifier: GPL-2.0-only */
/* A plan as one Image: where the kernel puts it, what its head says and does, what the file holds.
 */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "plan/wrapped_image.h"

#define MIB (UINT64_C(1) << 20)

static void test_base(void **state)
{
	static const struct {
		struct range region;
		uint64_t base;
	} cases[] = {
		{{0x7fe00000, 0x8fe00000}, 0x7fe00000},
		{{0x7fe00001, 0x8fe00000}, 0x80000000},
		{{0x7ff00000, 0x8fe00000}, 0x80000000},
		{{0x801ff000, 0x8fe00000}, 0x80200000},
		{{0, 0x10000000}, 0},
		{{UINT64_C(0x8fffe00000), UINT64_C(0x9000000000)}, UINT64_C(0x8fffe00000)},
	};
	uint64_t base;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(wrapped_image_find_base(&base, cases[i].region), 0);
		assert_int_equal(base, cases[i].base);
	}
	assert_int_equal(
		wrapped_image_find_base(&base, (struct range){UINT64_MAX - 4096, UINT64_MAX}),
		-EOVERFLOW);
}

/*
 * What load_other_segments() of arch/arm64/kernel/machine_kexec_file.c takes of the end of a
 * region: from above the header, then the tree, which may not cross 2 MiB.
 */
static uint64_t kernels_tail(uint64_t end, uint64_t header_size, uint64_t tree_size)
{
	const uint64_t header = align_down(end - header_size, 0x10000);
	uint64_t tree = align_down(end - tree_size, 2 * MIB);

	while (tree + tree_size > header)
		tree = align_down(tree - 4096, 2 * MIB);
	return end - (tree < header ? tree : header);
}

static void test_tail(void **state)
{
	static const uint64_t trees[] = {0,	  4096,	      65536,
					 1 * MIB, MIB + 4096, 2 * MIB - 4096,
					 2 * MIB, 3 * MIB,    3 * MIB + 4096};

	(void)state;
	assert_int_equal(wrapped_image_tail_size(0), 4 * MIB);
	assert_int_equal(wrapped_image_tail_size(1 * MIB), 4 * MIB);
	assert_int_equal(wrapped_image_tail_size(1 * MIB + 1), 6 * MIB);
	assert_int_equal(wrapped_image_tail_size(3 * MIB), 6 * MIB);
	assert_int_equal(wrapped_image_tail_size(3 * MIB + 1), 8 * MIB);
	for (size_t i = 0; i < ARRAY_SIZE(trees); i++)
		for (uint64_t end = 0x90000000; end < 0x90000000 + 2 * MIB; end += 0xf000)
			assert_in_range(kernels_tail(end, 0x40000, trees[i]), 0,
					wrapped_image_tail_size(trees[i]));
}

/* The registers of a CPU that runs the head. */
struct cpu {
	uint64_t pc, x16, x17;
};

static uint32_t bits(uint32_t instruction, unsigned int low, unsigned int count)
{
	return instruction >> low & ((UINT32_C(1) << count) - 1);
}

/*
 * Execute the instruction at the PC, decoded by the tables of Arm DDI 0487, C4.1, and not by what
 * the head was made of. Returns false if the head has no business with it.
 */
static bool step(struct cpu *cpu, const uint8_t *head, uint64_t base)
{
	const uint32_t instruction =
		(uint32_t)load_little_endian(head + (cpu->pc - base), sizeof(uint32_t));
	const unsigned int shift = 16 * bits(instruction, 21, 2);
	const uint64_t value = (uint64_t)bits(instruction, 5, 16) << shift;
	uint64_t next = cpu->pc + 4;

	if (bits(instruction, 26, 6) == 5) /* b */
		next = cpu->pc + 4 * (uint64_t)(((int64_t)bits(instruction, 0, 26) << 38) >> 38);
	else if ((instruction & 0x9f00001f) == 0x10000010) /* adr x16 */
		cpu->x16 = cpu->pc + (bits(instruction, 5, 19) << 2 | bits(instruction, 29, 2));
	else if ((instruction & 0xff80001f) == 0xd2800011) /* movz x17 */
		cpu->x17 = value;
	else if ((instruction & 0xff80001f) == 0xf2800011) /* movk x17 */
		cpu->x17 = (cpu->x17 & ~(UINT64_C(0xffff) << shift)) | value;
	else if (instruction == 0x8b110210) /* add x16, x16, x17 */
		cpu->x16 += cpu->x17;
	else if (instruction == 0xd61f0200) /* br x16 */
		next = cpu->x16;
	else
		return false;
	cpu->pc = next;
	return true;
}

/* Where the head leads to if it lies at @base. */
static uint64_t follow(const uint8_t *head, uint64_t base)
{
	struct cpu cpu = {.pc = base};

	for (int i = 0; i < 16 && cpu.pc - base < WRAPPED_IMAGE_HEAD_SIZE; i++)
		assert_true(step(&cpu, head, base));
	return cpu.pc;
}

static void test_jump(void **state)
{
	static const struct {
		uint64_t base, entry;
	} cases[] = {
		{0x7fe00000, 0x80a40000},
		{0x7fe00000, 0x7fe00080}, /* just behind the head */
		{0x40000000, 0x4c300000}, /* 195 MiB, beyond a branch */
		{0x40000000, UINT64_C(0x140000000)},
		{0x40000000, UINT64_C(0xabcd40001234)},
		{UINT64_C(0x8040000000), UINT64_C(0x8000001000)}, /* below */
	};
	uint8_t head[WRAPPED_IMAGE_HEAD_SIZE];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct wrapped_image image = {
			.range = {cases[i].base, cases[i].base + 256 * MIB},
			.entry = cases[i].entry,
			.page_size = 4096,
		};

		wrapped_image_write_head(head, &image);
		assert_int_equal(follow(head, cases[i].base), cases[i].entry);
		/* Elsewhere it leads to where purgatory is then. */
		assert_int_equal(follow(head, cases[i].base + 6 * MIB), cases[i].entry + 6 * MIB);
	}
}

/* Documentation/arch/arm64/booting.rst, "4. Call the kernel image" */
static void test_header(void **state)
{
	static const struct {
		uint64_t page_size, flags;
	} cases[] = {{4096, 0xa}, {16384, 0xc}, {65536, 0xe}};
	uint8_t head[WRAPPED_IMAGE_HEAD_SIZE];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct wrapped_image image = {
			.range = {0x7fe00000, 0x8a123000},
			.entry = 0x80000000,
			.page_size = cases[i].page_size,
		};

		wrapped_image_write_head(head, &image);
		assert_int_equal(load_little_endian(head + 8, 8), 0); /* text_offset */
		assert_int_equal(load_little_endian(head + 16, 8), 0xa323000);
		assert_int_equal(load_little_endian(head + 24, 8), cases[i].flags);
		assert_memory_equal(head + 56, "ARM\x64", 4);
		/* No PE header, and nothing that looks like one. */
		assert_memory_not_equal(head, "MZ", 2);
		assert_int_equal(load_little_endian(head + 60, 4), 0);
	}
}

static void test_file(void **state)
{
	static const char head[] = "head", kernel[] = "the kernel", tree[] = "tree";
	struct plan plan = {
		.memory = {.page_size = 4096},
		/* as plan_order_segments() leaves them */
		.segments = {{.address = 0x40401000, .data = tree, .size = 4, .memory_size = 8192},
			     {.address = 0x40000000, .data = head, .size = 4, .memory_size = 4096},
			     {.address = 0x40200000,
			      .data = kernel,
			      .size = 10,
			      .memory_size = 0x200000}},
		.segment_count = 3,
		.entry = 0x40400000,
	};
	char *directory = test_directory_make();
	char *path = test_file_write(directory, "image", "", 0);
	const int file = open(path, O_RDWR);
	const size_t size = 0x401004;
	uint8_t *content = malloc(size + 1), *expected = calloc(1, size);
	struct wrapped_image image;

	(void)state;
	assert_non_null(content);
	assert_non_null(expected);
	assert_int_equal(wrapped_image_describe(&image, &plan), size);
	assert_int_equal(image.range.start, 0x40000000);
	assert_int_equal(image.range.end, 0x40403000);
	assert_int_equal(image.entry, 0x40400000);
	assert_int_equal(image.page_size, 4096);
	assert_int_equal(wrapped_image_write(file, &plan), 0);
	memcpy(expected, head, 4);
	memcpy(expected + 0x200000, kernel, 10);
	memcpy(expected + 0x401000, tree, 4);
	assert_int_equal(pread(file, content, size + 1, 0), size);
	assert_memory_equal(content, expected, size);
	close(file);
	assert_int_equal(wrapped_image_write(-1, &plan), -EBADF);
	free(content);
	free(expected);
	free(path);
	test_directory_remove(directory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_base), cmocka_unit_test(test_tail),
		cmocka_unit_test(test_jump), cmocka_unit_test(test_header),
		cmocka_unit_test(test_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
