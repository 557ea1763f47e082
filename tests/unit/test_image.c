/* SPDX-License-Identifier: GPL-2.0-only */
/* Kernel formats: right values from good files, one line for bad ones, no harm from hostile ones.
 */
#include "support.h"

#include <elf.h>
#include <errno.h>
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "image_builder.h"

#define MIB  (UINT64_C(1) << 20)
#define PAGE IMAGE_PART_ALIGNMENT

/* Room for every file made here. */
#define FILE_MAX ((size_t)1 << 20)

#define ARM64_BASE   UINT64_C(0xffff800080000000)
#define RISCV64_BASE UINT64_C(0xffffffff80000000)

/* Make the Image at @file an EFI application with two sections, which ends at @end. */
static void put_pe(uint8_t *file, uint32_t end)
{
	uint8_t *pe = file + 64, *section = pe + 24 + 160;

	memcpy(file, "MZ", 2);
	put32(file + 60, 64);
	memcpy(pe, "PE\0", 4);
	put16(pe + 6, 2);
	put16(pe + 20, 160);
	put32(section + 16, 1000);
	put32(section + 20, 512);
	put32(section + 40 + 16, end - 2000);
	put32(section + 40 + 20, 2000);
}

/* Load, and expect one line that contains @warning; nothing said where that is NULL. */
static void expect_warning(const uint8_t *file, size_t size, bool has_devicetree,
			   const char *warning)
{
	struct test_log log;
	struct image image = {.kernel = {file, size}};
	const struct image_request request = {
		.arch = &arch_arm64,
		.path = "/k",
		.limit = IMAGE_LIMIT,
		.has_devicetree = has_devicetree,
		.log = &log.log,
	};

	test_log_open(&log);
	assert_int_equal(image_read(&image, &request), 0);
	if (warning)
		test_log_expect(&log, warning);
	else
		test_log_expect_nothing(&log);
	image_close(&image);
	test_log_close(&log);
}

/* A device tree behind an Image, before or after that was compressed: it is said to be ignored. */
static void test_appended_tree(void **state)
{
	static const char warning[] = "/k: the device tree appended to the kernel is ignored";
	_Alignas(8) uint8_t kernel[KERNEL_SIZE], tree[512];
	uint8_t *file = calloc(1, FILE_MAX), *plain = calloc(1, FILE_MAX);
	size_t size, tree_size;

	(void)state;
	assert_non_null(file);
	assert_non_null(plain);
	put_kernel(kernel, &arch_arm64);
	assert_int_equal(fdt_create_empty_tree(tree, sizeof(tree)), 0);
	assert_int_equal(fdt_setprop_string(tree, 0, "model", "x"), 0);
	assert_int_equal(fdt_pack(tree), 0);
	tree_size = fdt_totalsize(tree);
	for (size_t filler = 0; filler < 8; filler++) {
		/* Image.gz-dtb, of one tree or of two; with padding, and cut off. */
		size = put_gzip(file, FILE_MAX, kernel, sizeof(kernel));
		memset(file + size, 1, filler);
		size += filler;
		expect_warning(file, size, false, NULL);
		memcpy(file + size, tree, tree_size);
		expect_warning(file, size + tree_size, false, warning);
		expect_warning(file, size + tree_size, true, NULL);
		expect_warning(file, size + tree_size + 1000, false, warning);
		expect_warning(file, size + tree_size - 2, false, NULL);
		memcpy(file + size + tree_size, tree, tree_size);
		expect_warning(file, size + 2 * tree_size, false, warning);
		memset(file + size, 0, 2 * tree_size);
		/* An Image, and the same compressed with its tree. */
		memcpy(plain, kernel, sizeof(kernel));
		memset(plain + sizeof(kernel), 1, filler);
		memcpy(plain + sizeof(kernel) + filler, tree, tree_size);
		expect_warning(plain, sizeof(kernel) + filler + tree_size, false, warning);
		size = put_gzip(file, FILE_MAX, plain, sizeof(kernel) + filler + tree_size);
		expect_warning(file, size, false, warning);
	}
	/* A tree that the kernel has in itself, as riscv64's may, is none that was appended. */
	memcpy(plain + 1000, tree, tree_size);
	expect_warning(plain, sizeof(kernel), false, NULL);
	free(plain);
	free(file);
}

static const struct good {
	const struct arch *arch;
	uint64_t text_offset, image_size;
	size_t file_size;
	uint64_t expected_offset, expected_memory;
} goods[] = {
	{&arch_arm64, 0, 0x24f0000, 10000, 0, 0x24f0000},
	{&arch_arm64, 0x80000, 0x24f0000, 10000, 0x80000, 0x24f0000},
	{&arch_arm64, 0x1ff000, 64, 64, 0x1ff000, 64},
	{&arch_arm64, 0, 100, 10000, 0, 10000},
	{&arch_arm64, 0, IMAGE_MEMORY_MAX, 10000, 0, IMAGE_MEMORY_MAX},
	{&arch_riscv64, 0x200000, 0x1e6b000, 10000, 0, 0x1e6b000},
	{&arch_riscv64, 0, 0x1e6b000, 10000, 0, 0x1e6b000},
	{&arch_riscv64, UINT64_MAX, 0x1e6b000, 10000, 0, 0x1e6b000},
};

static void test_image_values(void **state)
{
	uint8_t *file = calloc(1, FILE_MAX);
	struct test_log log;

	(void)state;
	assert_non_null(file);
	test_log_open(&log);
	for (size_t i = 0; i < ARRAY_SIZE(goods); i++) {
		const struct good *good = &goods[i];
		struct image image;
		uint8_t *heap;

		put_header(file, good->arch, good->text_offset, good->image_size, 0xa);
		assert_int_equal(
			load_bytes(&image, &heap, good->arch, file, good->file_size, &log.log), 0);
		check_image(&image, good->arch);
		assert_string_equal(image.format, "Image");
		assert_int_equal(image.part_count, 1);
		assert_ptr_equal(image.parts[0].data, heap);
		assert_int_equal(image.parts[0].size, good->file_size);
		assert_int_equal(image.parts[0].memory_size, good->expected_memory);
		assert_int_equal(image.memory_size, good->expected_memory);
		assert_int_equal(image.text_offset, good->expected_offset);
		assert_int_equal(image.entry, 0);
		/* Bit 3 of the flags; riscv64 has no such bit. */
		assert_int_equal(image.anywhere, good->arch == &arch_arm64);
		assert_null(image.merged);
		unload_bytes(&image, heap);
		put_header(file, good->arch, good->text_offset, good->image_size, 0x2);
		assert_int_equal(
			load_bytes(&image, &heap, good->arch, file, good->file_size, &log.log), 0);
		assert_false(image.anywhere);
		unload_bytes(&image, heap);
	}
	test_log_expect_nothing(&log);
	test_log_close(&log);
	free(file);
}

static void test_image_hostile(void **state)
{
	static const struct bad {
		const struct arch *arch, *header_arch;
		uint64_t text_offset, image_size, flags;
		const char *message;
	} bads[] = {
		{&arch_arm64, &arch_arm64, 0, MIB, 1, "big-endian kernel for arm64"},
		{&arch_riscv64, &arch_riscv64, 0, MIB, 1, "big-endian kernel for riscv64"},
		{&arch_arm64, &arch_arm64, 0, 0, 0, "no image_size (arm64 before Linux 3.17)"},
		{&arch_riscv64, &arch_riscv64, 0, 0, 0, "no image_size"},
		{&arch_arm64, &arch_arm64, 0, UINT64_MAX, 0, "(image_size 0xffffffffffffffff)"},
		{&arch_riscv64, &arch_riscv64, 0, IMAGE_MEMORY_MAX + 1, 0, "(image_size 0x1"},
		{&arch_arm64, &arch_arm64, 2 * MIB, MIB, 0, "text_offset 0x200000 is not below"},
		{&arch_arm64, &arch_arm64, UINT64_MAX, MIB, 0, "text_offset 0xffffffffffffffff"},
		{&arch_riscv64, &arch_arm64, 0, MIB, 0,
		 "is an Image for arm64, but a kernel for riscv64 is needed here"},
		{&arch_arm64, &arch_riscv64, 0, MIB, 0,
		 "is an Image for riscv64, but a kernel for arm64 is needed here"},
	};
	uint8_t file[4096] = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bads); i++) {
		const struct bad *bad = &bads[i];

		put_header(file, bad->header_arch, bad->text_offset, bad->image_size, bad->flags);
		expect_refused(bad->arch, file, sizeof(file), bad->message);
	}
}

/* An EFI application is known to be cut off wherever it is, a bare Image only in its header. */
static void test_image_truncated(void **state)
{
	uint8_t file[5000] = {0};
	struct test_log log;
	struct image image;
	uint8_t *heap;

	(void)state;
	test_log_open(&log);
	put_header(file, &arch_arm64, 0, MIB, 0);
	for (size_t size = 0; size < 60; size++) {
		assert_int_equal(load_bytes(&image, &heap, &arch_arm64, file, size, &log.log),
				 -ENOEXEC);
		assert_null(image.format);
		test_log_expect(&log, "/k: is not a kernel of a known format");
		unload_bytes(&image, heap);
	}
	for (size_t size = 60; size < 64; size++)
		expect_refused(&arch_arm64, file, size, "is truncated");
	put_pe(file, sizeof(file));
	for (size_t size = 60; size < sizeof(file); size++)
		expect_refused(&arch_arm64, file, size, "/k: is truncated: it has ");
	expect_refused(&arch_arm64, file, 4999, "it has 4999 of at least 5000 bytes");
	assert_int_equal(load_bytes(&image, &heap, &arch_arm64, file, sizeof(file), &log.log), 0);
	check_image(&image, &arch_arm64);
	unload_bytes(&image, heap);
	test_log_expect_nothing(&log);
	test_log_close(&log);
}

/* A PT_LOAD segment, by offset from the base address. */
struct load {
	uint64_t address, data_size, memory_size;
};

/* A vmlinux: its segments, and its memory as it must be. */
struct kernel {
	const struct arch *arch;
	uint64_t base;
	const struct load *loads;
	size_t load_count;
	uint8_t *file;	 /* FILE_MAX bytes */
	uint8_t *memory; /* FILE_MAX bytes */
	size_t size;	 /* of the file */
	bool as_linked;	 /* the segments lie in the file as far apart as in memory */
	uint8_t gap;	 /* what is between them then */
};

static Elf64_Phdr *program_header(const struct kernel *kernel, size_t index)
{
	return (Elf64_Phdr *)(void *)(kernel->file + sizeof(Elf64_Ehdr)) + index;
}

static Elf64_Ehdr *elf_header(const struct kernel *kernel)
{
	return (Elf64_Ehdr *)(void *)kernel->file;
}

static void put_elf_header(const struct kernel *kernel)
{
	*elf_header(kernel) = (Elf64_Ehdr){
		.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
			    EV_CURRENT},
		.e_type = ET_EXEC,
		.e_machine = kernel->arch->elf_machine,
		.e_version = EV_CURRENT,
		.e_entry = kernel->base + kernel->loads[0].address,
		.e_phoff = sizeof(Elf64_Ehdr),
		.e_ehsize = sizeof(Elf64_Ehdr),
		.e_phentsize = sizeof(Elf64_Phdr),
		.e_phnum = (Elf64_Half)kernel->load_count,
	};
}

/* Go on in the file at @offset from its first segment. */
static void leave_gap(struct kernel *kernel, uint64_t offset)
{
	const size_t start =
		sizeof(Elf64_Ehdr) + kernel->load_count * sizeof(Elf64_Phdr) + (size_t)offset;

	assert_in_range(start, kernel->size, FILE_MAX);
	memset(kernel->file + kernel->size, kernel->gap, start - kernel->size);
	kernel->size = start;
}

/* Make a vmlinux with a header that asks for @image_size bytes, or none if that is 0. */
static void make_kernel(struct kernel *kernel, uint64_t image_size)
{
	const uint64_t origin = kernel->loads[0].address;

	kernel->file = calloc(1, FILE_MAX);
	kernel->memory = calloc(1, FILE_MAX);
	assert_non_null(kernel->file);
	assert_non_null(kernel->memory);
	put_elf_header(kernel);
	kernel->size = sizeof(Elf64_Ehdr) + kernel->load_count * sizeof(Elf64_Phdr);
	for (size_t i = 0; i < kernel->load_count; i++) {
		const struct load *load = &kernel->loads[i];

		if (kernel->as_linked)
			leave_gap(kernel, load->address - origin);
		*program_header(kernel, i) = (Elf64_Phdr){
			.p_type = PT_LOAD,
			.p_offset = kernel->size,
			.p_vaddr = kernel->base + load->address,
			.p_paddr = load->address,
			.p_filesz = load->data_size,
			.p_memsz = load->memory_size,
		};
		assert_true(kernel->size + load->data_size <= FILE_MAX);
		for (uint64_t j = 0; j < load->data_size; j++)
			kernel->file[kernel->size + j] = (uint8_t)(j * 31 + i * 7 + 1);
		if (i == 0 && image_size)
			put_header(kernel->file + kernel->size, kernel->arch, 0, image_size, 0);
		if (load->data_size)
			memcpy(kernel->memory + (load->address - origin),
			       kernel->file + kernel->size, load->data_size);
		kernel->size += load->data_size;
	}
}

static void free_kernel(struct kernel *kernel)
{
	free(kernel->file);
	free(kernel->memory);
}

/* Compare the parts with the memory that the segments make. */
static void check_memory(const struct kernel *kernel, const struct image *image)
{
	const uint64_t origin = kernel->loads[0].address;

	check_image(image, kernel->arch);
	for (size_t i = 0; i < image->part_count; i++)
		assert_memory_equal(image->parts[i].data, kernel->memory + image->parts[i].offset,
				    image->parts[i].size);
	for (size_t i = 0; i < kernel->load_count; i++) {
		const struct load *load = &kernel->loads[i];
		const uint64_t start = load->address - origin;
		bool inside = load->data_size == 0;

		for (size_t j = 0; j < image->part_count; j++)
			if (image->parts[j].offset <= start &&
			    start + load->data_size <=
				    image->parts[j].offset + image->parts[j].size)
				inside = true;
		assert_true(inside);
	}
}

/* What the parts must be, one line for each: offset, size, memory_size; copied or not. */
struct expected_part {
	uint64_t offset, size, memory_size;
	bool copied;
};

static const struct layout {
	struct load loads[6];
	struct expected_part parts[4];
} layouts[] = {
	/* one segment with .bss, as arm64 has it when stripped */
	{{{0, 5000, 70000}}, {{0, 5000, 70000, false}}},
	/* each in pages of its own */
	{{{0, PAGE, PAGE}, {PAGE, 100, 200}}, {{0, PAGE, PAGE, false}, {PAGE, 100, 200, false}}},
	{{{0, 64, 64}, {5 * PAGE, 100, 200}}, {{0, 64, 64, false}, {5 * PAGE, 100, 200, false}}},
	/* the base is not zero, only distances count */
	{{{0x200000, PAGE, PAGE}, {0x200000 + PAGE, 9, 9}},
	 {{0, PAGE, PAGE, false}, {PAGE, 9, 9, false}}},
	/* a page shared by data */
	{{{0, 4096, 4096}, {4096, 4096, 4096}}, {{0, 8192, 8192, false}}},
	{{{0, 4096, 4096}, {4112, 4096, 4096}}, {{0, 8208, 8208, true}}},
	/* the same, where data that end in a zero might be taken for the gap */
	{{{0, 290, 290}, {291, 5, 5}}, {{0, 296, 296, true}}},
	{{{0, PAGE + 1, PAGE + 1}, {PAGE + 4096, 1, 1}}, {{0, PAGE + 4097, PAGE + 4097, true}}},
	/* a page shared by .bss and data: the page goes to the data */
	{{{0, 100, 2 * PAGE + 8}, {2 * PAGE + 4096, 50, 60}},
	 {{0, 100, 2 * PAGE, false}, {2 * PAGE, 4146, 4156, true}}},
	/* not at a page's start: the gap before it is filled */
	{{{0, 100, 100}, {PAGE + 4096, 10, 10}}, {{0, 100, 100, false}, {PAGE, 4106, 4106, true}}},
	/* memory without data joins what is before it */
	{{{0, 100, 100}, {PAGE, 0, PAGE}, {3 * PAGE, 7, 7}},
	 {{0, 100, 2 * PAGE, false}, {3 * PAGE, 7, 7, false}}},
	{{{0, 100, 100}, {4096, 0, 4096}}, {{0, 100, 8192, false}}},
	/* data that follow each other in the file too, data in pages of their own, a copy */
	{{{0, 64, 64}, {64, 64, 64}, {PAGE, 9, 9}, {2 * PAGE, 5, 5}, {2 * PAGE + 8, 5, 5}},
	 {{0, 128, 128, false}, {PAGE, 9, 9, false}, {2 * PAGE, 13, 13, true}}},
};

static void check_layout(const struct layout *layout, const struct arch *arch, uint64_t base)
{
	struct kernel kernel = {.arch = arch, .base = base, .loads = layout->loads};
	struct test_log log;
	struct image image;
	uint8_t *heap;

	while (kernel.load_count < ARRAY_SIZE(layout->loads) &&
	       layout->loads[kernel.load_count].memory_size)
		kernel.load_count++;
	test_log_open(&log);
	make_kernel(&kernel, 32);
	assert_int_equal(load_bytes(&image, &heap, arch, kernel.file, kernel.size, &log.log), 0);
	assert_string_equal(image.format, "vmlinux");
	check_memory(&kernel, &image);
	for (size_t i = 0; i < ARRAY_SIZE(layout->parts) && layout->parts[i].memory_size; i++) {
		const struct expected_part *expected = &layout->parts[i];
		const struct image_part *part = &image.parts[i];
		bool copied = part->data < heap || part->data >= heap + kernel.size;

		assert_true(i < image.part_count);
		assert_int_equal(part->offset, expected->offset);
		assert_int_equal(part->size, expected->size);
		assert_int_equal(part->memory_size, expected->memory_size);
		assert_int_equal(copied, expected->copied);
	}
	test_log_expect_nothing(&log);
	test_log_close(&log);
	unload_bytes(&image, heap);
	free_kernel(&kernel);
}

static void test_vmlinux_layouts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(layouts); i++) {
		check_layout(&layouts[i], &arch_arm64, ARM64_BASE);
		check_layout(&layouts[i], &arch_riscv64, RISCV64_BASE);
	}
}

static uint32_t next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

/* Random segments against the memory that they make. */
static void test_vmlinux_random_layouts(void **state)
{
	uint32_t random = 20240607;

	(void)state;
	for (int round = 0; round < 300; round++) {
		struct load loads[7];
		struct kernel kernel = {
			.arch = &arch_riscv64,
			.base = RISCV64_BASE,
			.loads = loads,
			.as_linked = round % 3 != 0,
			.gap = round % 3 == 1 ? 0 : 0xcc,
		};
		uint64_t address = 0;
		struct test_log log;
		struct image image;
		uint8_t *heap;

		kernel.load_count = 1 + next_random(&random) % ARRAY_SIZE(loads);
		for (size_t i = 0; i < kernel.load_count; i++) {
			loads[i].address = address;
			loads[i].data_size = next_random(&random) % 3 && i
						     ? 0
						     : 64 + next_random(&random) % 50000;
			loads[i].memory_size =
				loads[i].data_size + 1 + next_random(&random) % 50000;
			address += loads[i].memory_size + next_random(&random) % 20000;
			address = (address + 15) & ~UINT64_C(15);
		}
		test_log_open(&log);
		make_kernel(&kernel, 32);
		assert_int_equal(
			load_bytes(&image, &heap, kernel.arch, kernel.file, kernel.size, &log.log),
			0);
		check_memory(&kernel, &image);
		if (kernel.as_linked && kernel.gap == 0)
			assert_null(image.merged);
		test_log_close(&log);
		unload_bytes(&image, heap);
		free_kernel(&kernel);
	}
}

static const struct load simple_loads[] = {{0, 5000, 5000}, {PAGE, 100, 3000}};

static struct kernel make_simple_kernel(const struct arch *arch, uint64_t image_size)
{
	struct kernel kernel = {
		.arch = arch,
		.base = arch == &arch_arm64 ? ARM64_BASE : RISCV64_BASE,
		.loads = simple_loads,
		.load_count = ARRAY_SIZE(simple_loads),
	};

	make_kernel(&kernel, image_size);
	return kernel;
}

/* Load the kernel and expect its values. */
static void expect_values(const struct kernel *kernel, uint64_t memory_size, uint64_t text_offset,
			  uint64_t entry)
{
	struct test_log log;
	struct image image;
	uint8_t *heap;

	test_log_open(&log);
	assert_int_equal(
		load_bytes(&image, &heap, kernel->arch, kernel->file, kernel->size, &log.log), 0);
	check_image(&image, kernel->arch);
	assert_int_equal(image.memory_size, memory_size);
	assert_int_equal(image.text_offset, text_offset);
	assert_int_equal(image.entry, entry);
	test_log_expect_nothing(&log);
	test_log_close(&log);
	unload_bytes(&image, heap);
}

/* Where the header is, what it says, and what the file is without it. */
static void test_vmlinux_header(void **state)
{
	struct kernel kernel = make_simple_kernel(&arch_riscv64, 0);
	const uint64_t extent = PAGE + 3000;
	uint8_t *text;

	(void)state;
	expect_values(&kernel, extent, 0, 0);
	elf_header(&kernel)->e_entry += 4000;
	expect_values(&kernel, extent, 0, 4000);
	elf_header(&kernel)->e_type = ET_DYN;
	expect_values(&kernel, extent, 0, 4000);
	/* No p_paddr at all, and p_paddr like p_vaddr. */
	program_header(&kernel, 1)->p_paddr = 0;
	expect_values(&kernel, extent, 0, 4000);
	for (size_t i = 0; i < kernel.load_count; i++)
		program_header(&kernel, i)->p_paddr = program_header(&kernel, i)->p_vaddr;
	expect_values(&kernel, extent, 0, 4000);
	free_kernel(&kernel);

	kernel = make_simple_kernel(&arch_arm64, 5 * MIB);
	text = kernel.file + program_header(&kernel, 0)->p_offset;
	expect_values(&kernel, 5 * MIB, 0, 0);
	put_header(text, &arch_arm64, 0x80000, 1000, 0xa);
	expect_values(&kernel, extent, 0x80000, 0);
	/* The header behind other bytes of its segment: these lie below text_offset. */
	elf_header(&kernel)->e_entry += 4096;
	put_header(text + 4096, &arch_arm64, 0x81000, 5 * MIB, 0xa);
	expect_values(&kernel, 5 * MIB + 4096, 0x80000, 4096);
	put_header(text + 4096, &arch_arm64, 0, 5 * MIB, 0xa);
	expect_values(&kernel, 5 * MIB + 4096, 0x1ff000, 4096);
	free_kernel(&kernel);
}

/* Expect the kernel to be refused, and free it. */
static void expect_bad(struct kernel kernel, const char *message)
{
	expect_refused(kernel.arch, kernel.file, kernel.size, message);
	free_kernel(&kernel);
}

#define BAD_ELF(change, message)                                             \
	do {                                                                 \
		struct kernel kernel = make_simple_kernel(&arch_arm64, MIB); \
		Elf64_Ehdr *elf = elf_header(&kernel);                       \
		Elf64_Phdr *load = program_header(&kernel, 0);               \
		uint8_t *text = kernel.file + load->p_offset;                \
                                                                             \
		(void)elf;                                                   \
		(void)text;                                                  \
		change;                                                      \
		expect_bad(kernel, message);                                 \
	} while (0)

static void test_vmlinux_hostile(void **state)
{
	(void)state;
	BAD_ELF(elf->e_machine = EM_RISCV, "for riscv64 (e_machine 243), but a kernel for arm64");
	BAD_ELF(elf->e_machine = EM_X86_64, "is an ELF file for x86-64 (e_machine 62)");
	BAD_ELF(elf->e_machine = 4711, "is an ELF file for another machine (e_machine 4711)");
	BAD_ELF(elf->e_ident[EI_DATA] = ELFDATA2MSB, "big-endian");
	BAD_ELF(elf->e_ident[EI_CLASS] = ELFCLASS32, "32-bit");
	BAD_ELF(elf->e_type = ET_REL, "not a linked program");
	BAD_ELF(elf->e_type = ET_CORE, "not a linked program");
	BAD_ELF(elf->e_phnum = 0, "nothing to load");
	BAD_ELF(elf->e_phoff = UINT64_MAX - 8, "is not a usable vmlinux");
	BAD_ELF(elf->e_phnum = 60000, "is not a usable vmlinux");
	BAD_ELF(elf->e_entry = 0, "entry lies in none");
	BAD_ELF(elf->e_entry += 5000, "entry lies in none");
	BAD_ELF(elf->e_entry += 4, "no Linux header");
	BAD_ELF(elf->e_entry += 4990, "no Linux header");
	BAD_ELF(elf->e_entry += 4938; put32(text + 4938 + 56, arch_arm64.image_magic),
				      "no Linux header"); /* it would end behind its segment */
	BAD_ELF(load[0].p_type = load[1].p_type = PT_NOTE, "nothing to load");
	BAD_ELF(load[0].p_filesz = 5001, "less memory than data");
	BAD_ELF(load[1].p_offset = kernel.size, "outside the file");
	BAD_ELF(load[1].p_offset++, "outside the file");
	BAD_ELF(load[1].p_offset = UINT64_MAX, "outside the file");
	BAD_ELF(load[1].p_filesz = load[1].p_memsz = UINT64_MAX, "outside the file");
	BAD_ELF(load[1].p_memsz = UINT64_MAX, "wraps around");
	BAD_ELF(load[1].p_vaddr = load[0].p_vaddr + 4999, "segments overlap;");
	BAD_ELF(load[0].p_memsz = PAGE + 1, "segments overlap;");
	BAD_ELF(load[1].p_filesz = load[1].p_memsz = 5000;
		load[1].p_offset = load[0].p_offset, "overlap in the file");
	BAD_ELF(load[1].p_paddr += 4096, "execute-in-place");
	BAD_ELF(load[1].p_vaddr = 0, "too far apart");
	BAD_ELF(put64(text + 16, 0), "before Linux 3.17");
	BAD_ELF(put64(text + 16, UINT64_MAX), "image_size 0xffffffffffffffff");
	BAD_ELF(put64(text + 8, UINT64_MAX), "text_offset 0xffffffffffffffff");
	BAD_ELF(put64(text + 24, 1), "big-endian kernel");
	BAD_ELF(put32(text + 56, arch_riscv64.image_magic), "no Linux header");
	for (size_t size = 4; size < sizeof(Elf64_Ehdr); size++)
		BAD_ELF(kernel.size = size, "it ends inside its header");
	for (size_t size = sizeof(Elf64_Ehdr); size < 5000; size += 7)
		BAD_ELF(kernel.size = size, "is not a usable vmlinux");
}

static void test_vmlinux_too_many(void **state)
{
	struct load loads[65];
	struct kernel kernel = {
		.arch = &arch_arm64,
		.base = ARM64_BASE,
		.loads = loads,
		.load_count = IMAGE_PART_MAX,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(loads); i++)
		loads[i] = (struct load){i * PAGE, 64, 64};
	make_kernel(&kernel, MIB);
	expect_values(&kernel, MIB, 0, 0);
	free_kernel(&kernel);
	kernel.load_count++;
	make_kernel(&kernel, MIB);
	expect_bad(kernel, "cannot be joined to the 8 that");
	for (size_t i = 0; i < ARRAY_SIZE(loads); i++)
		loads[i].address = i * 4096;
	kernel.load_count = 64;
	make_kernel(&kernel, MIB);
	expect_values(&kernel, MIB, 0, 0);
	free_kernel(&kernel);
	kernel.load_count++;
	make_kernel(&kernel, MIB);
	expect_bad(kernel, "too many segments for a kernel");
}

/* Change some bytes of the headers; what then loads must keep every promise. */
static void mutate(struct kernel *kernel, size_t header_size, uint32_t *random, size_t *loaded)
{
	static const uint64_t values[] = {0,	1,	   0x7fffffff, 0xffffffff,
					  PAGE, INT64_MAX, UINT64_MAX};
	const unsigned int changes = 1 + next_random(random) % 4;
	size_t size = kernel->size;
	struct test_log log;
	struct image image;
	uint8_t *heap, saved[512];

	assert_true(header_size <= sizeof(saved));
	memcpy(saved, kernel->file, header_size);
	for (unsigned int i = 0; i < changes; i++) {
		size_t place = next_random(random) % (header_size - 8);

		if (next_random(random) % 2)
			kernel->file[place] = (uint8_t)next_random(random);
		else
			put64(kernel->file + (place & ~(size_t)7),
			      values[next_random(random) % ARRAY_SIZE(values)]);
	}
	if (next_random(random) % 8 == 0)
		size = next_random(random) % kernel->size;
	test_log_open(&log);
	if (load_bytes(&image, &heap, kernel->arch, kernel->file, size, &log.log) == 0) {
		check_image(&image, kernel->arch);
		test_log_expect_nothing(&log);
		(*loaded)++;
	} else {
		test_log_expect(&log, "/k: ");
	}
	unload_bytes(&image, heap);
	test_log_close(&log);
	memcpy(kernel->file, saved, header_size);
}

static void test_mutations(void **state)
{
	uint32_t random = 4711;
	size_t loaded = 0;

	(void)state;
	for (int i = 0; i < 2; i++) {
		const struct arch *arch = arch_all[i];
		struct kernel elf = make_simple_kernel(arch, MIB);
		struct kernel flat = {.arch = arch, .size = 5000};

		/* To the end of the header in the first segment. */
		for (int round = 0; round < 10000; round++)
			mutate(&elf, program_header(&elf, 0)->p_offset + 64, &random, &loaded);
		flat.file = calloc(1, flat.size);
		assert_non_null(flat.file);
		put_header(flat.file, arch, 0, MIB, 0);
		put_pe(flat.file, (uint32_t)flat.size);
		for (int round = 0; round < 10000; round++)
			mutate(&flat, 64 + 24 + 160 + 80, &random, &loaded);
		free_kernel(&elf);
		free_kernel(&flat);
	}
	/* Neither all nor none, or nothing was tried here. */
	assert_in_range(loaded, 1000, 39000);
}

/* image_open() from a file, with and without --type. */
static const struct open_case {
	const char *type, *content, *message;
} open_cases[] = {
	{NULL, "vmlinux", NULL},
	{"vmlinux", "vmlinux", NULL},
	{"elf-riscv", "vmlinux", NULL},
	{"Image", "vmlinux", "is not of type Image but of type vmlinux; leave out --type"},
	{NULL, "Image", NULL},
	{"Image", "Image", NULL},
	{"image-riscv", "Image", NULL},
	{"vmlinux", "Image", "is not of type vmlinux but of type Image; leave out --type"},
	{"zImage", "Image",
	 "unsupported type zImage; the known types are: vmlinux, uki, zboot, Image, uImage, fit"},
	{"", "Image",
	 "unsupported type ; the known types are: vmlinux, uki, zboot, Image, uImage, fit"},
	{"zboot", "Image", "is not of type zboot but of type Image; leave out --type"},
	{"vmlinuz", "Image", "is not of type zboot but of type Image"},
	{"vmlinuz-riscv", "vmlinux", "is not of type zboot but of type vmlinux"},
	{"uki", "vmlinux", "is not of type uki but of type vmlinux"},
	{"uImage", "vmlinux", "is not of type uImage but of type vmlinux"},
	{"fit", "vmlinux", "is not of type fit but of type vmlinux"},
	{NULL, "garbage",
	 "tried vmlinux, uki, zboot, Image, uImage, fit, also compressed with bzip2, gzip, lz4, "
	 "lzma, lzo, xz, zstd"},
	{"Image", "garbage", "is not a kernel of a known format"},
	{NULL, "nothing", "cannot be opened: No such file"},
};

static void test_open(void **state)
{
	char *directory = test_directory_make();
	struct kernel elf = make_simple_kernel(&arch_riscv64, MIB);
	uint8_t flat[1000];
	struct test_log log;

	(void)state;
	test_log_open(&log);
	put_header(flat, &arch_riscv64, 0, MIB, 0);
	memset(flat + 64, 0, sizeof(flat) - 64);
	free(test_file_write(directory, "vmlinux", elf.file, elf.size));
	free(test_file_write(directory, "Image", flat, sizeof(flat)));
	free(test_file_write(directory, "garbage", "#!/bin/sh\n", 10));
	for (size_t i = 0; i < ARRAY_SIZE(open_cases); i++) {
		char path[256];
		const struct image_request request = {
			.arch = &arch_riscv64,
			.path = path,
			.type = open_cases[i].type,
			.limit = IMAGE_LIMIT,
			.log = &log.log,
		};
		struct image image;
		int error;

		snprintf(path, sizeof(path), "%s/%s", directory, open_cases[i].content);
		error = image_open(&image, &request);
		if (open_cases[i].message) {
			assert_true(error < 0);
			assert_null(image.file.data);
			test_log_expect(&log, open_cases[i].message);
			continue;
		}
		assert_int_equal(error, 0);
		assert_string_equal(image.format, open_cases[i].content);
		check_image(&image, &arch_riscv64);
		assert_int_equal(image.memory_size, MIB);
		image_close(&image);
		image_close(&image);
	}
	test_log_expect_nothing(&log);
	test_log_close(&log);
	free_kernel(&elf);
	test_directory_remove(directory);
}

/* What users have instead of a kernel that is read here, and what they are told to do. */
static void test_foreign(void **state)
{
	static const struct {
		const char *bytes;
		size_t byte_count, place, size;
		const char *message;
	} cases[] = {
		{"HdrS", 4, 0x202, 0x206, "/k: is a kernel for x86; name one for this machine"},
		{"HdrS", 4, 0x202, 0x205, "/k: is not a kernel of a known format"},
		{"MZ", 2, 0, 1000, "/k: is an EFI application without a kernel in it; name the"},
		{"070701", 6, 0, 512, "/k: is a cpio archive, as initrds are; name it with"},
		{"MZ\0\0zimG", 8, 0, 64, "/k: is an EFI application without a kernel in it"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint8_t file[1024] = {0};

		memcpy(file + cases[i].place, cases[i].bytes, cases[i].byte_count);
		expect_refused(&arch_arm64, file, cases[i].size, cases[i].message);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_appended_tree),
		cmocka_unit_test(test_image_values),
		cmocka_unit_test(test_image_hostile),
		cmocka_unit_test(test_image_truncated),
		cmocka_unit_test(test_foreign),
		cmocka_unit_test(test_vmlinux_layouts),
		cmocka_unit_test(test_vmlinux_random_layouts),
		cmocka_unit_test(test_vmlinux_header),
		cmocka_unit_test(test_vmlinux_hostile),
		cmocka_unit_test(test_vmlinux_too_many),
		cmocka_unit_test(test_mutations),
		cmocka_unit_test(test_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
