/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Relocatable objects: layout, relocation of whole objects, symbols, and the refusal of everything
 * that is not well formed.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "arch/arch.h"
#include "elf_builder.h"
#include "plan/elf_rel.h"
#include "purgatory.h"
#include "support.h"

#define PAGE 4096

/* The sample object: one section for each part, symbols and a few relocations. */
enum sample_section {
	TEXT = 1,
	RODATA,
	DIGEST,
	BSS,
	DATA,
	DEBUG
};
enum sample_symbol {
	START = 1,
	CONSTANT,
	ZEROS,
	VARIABLE,
	FIXED
};

static const uint8_t text[32] = {1, 2, 3};
static const uint8_t rodata[20] = {4, 5, 6};
static const uint8_t digest[SHA256_DIGEST_SIZE] = {7};
static const uint8_t data[16] = {8, 9};
static const uint8_t debug[8] = {10};

static void build_sample(struct elf_builder *builder)
{
	elf_builder_init(builder, EM_AARCH64);
	elf_builder_section(builder, ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, 4, text,
			    sizeof(text));
	elf_builder_section(builder, ".rodata", SHT_PROGBITS, SHF_ALLOC, 8, rodata, sizeof(rodata));
	elf_builder_section(builder, PURGATORY_DIGEST_SECTION, SHT_PROGBITS, SHF_ALLOC, 8, digest,
			    sizeof(digest));
	elf_builder_section(builder, ".bss", SHT_NOBITS, SHF_ALLOC | SHF_WRITE, 4096, NULL, 8192);
	elf_builder_section(builder, ".data", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, 8, data,
			    sizeof(data));
	elf_builder_section(builder, ".debug", SHT_PROGBITS, 0, 1, debug, sizeof(debug));

	elf_builder_symbol(builder, "start", STT_FUNC, TEXT, 0, 32);
	elf_builder_symbol(builder, "constant", STT_OBJECT, RODATA, 8, 4);
	elf_builder_symbol(builder, "zeros", STT_OBJECT, BSS, 16, 8);
	elf_builder_symbol(builder, "variable", STT_OBJECT, DATA, 8, 8);
	elf_builder_symbol(builder, "fixed", STT_NOTYPE, SHN_ABS, 0x1234, 0);

	elf_builder_relocation(builder, DATA, 8, CONSTANT, R_AARCH64_ABS64, 1);
	elf_builder_relocation(builder, TEXT, 4, ZEROS, R_AARCH64_ADR_PREL_LO21, 0);
	elf_builder_relocation(builder, RODATA, 12, FIXED, R_AARCH64_ABS64, 0);
	/* would be refused in a loaded section */
	elf_builder_relocation(builder, DEBUG, 0, START, 9999, 0);
}

/* Finish the object and open it; the caller frees *@object after elf_rel_close(). */
static int open_built(struct elf_builder *builder, const struct arch *arch, uint64_t page_size,
		      struct elf_rel **rel, void **object, const struct log *log)
{
	const struct elf_rel_layout layout = {.page_size = page_size};
	size_t size;

	*object = elf_builder_finish(builder, &size);
	return elf_rel_open(rel, *object, size, arch, &layout, log);
}

/* Open what must be good. */
static struct elf_rel *open_good(struct elf_builder *builder, const struct arch *arch,
				 uint64_t page_size, void **object)
{
	struct elf_rel *rel = NULL;
	struct test_log log;

	test_log_open(&log);
	assert_int_equal(open_built(builder, arch, page_size, &rel, object, &log.log), 0);
	test_log_expect_nothing(&log);
	test_log_close(&log);
	return rel;
}

static void assert_part(const struct elf_rel *rel, enum elf_rel_part part, uint64_t start,
			uint64_t end)
{
	struct range range = elf_rel_part_range(rel, part);

	assert_int_equal(range.start, start);
	assert_int_equal(range.end, end);
}

static uint64_t load64(const uint8_t *bytes)
{
	uint64_t value = 0;

	for (int i = 7; i >= 0; i--)
		value = value << 8 | bytes[i];
	return value;
}

static void check_layout(uint64_t page_size)
{
	struct elf_builder builder;
	struct elf_rel *rel;
	const uint8_t *image;
	void *object;

	build_sample(&builder);
	rel = open_good(&builder, &arch_arm64, page_size, &object);
	assert_part(rel, ELF_REL_TEXT, 0, 32);
	assert_part(rel, ELF_REL_RODATA, page_size, page_size + 20);
	assert_part(rel, ELF_REL_DIGEST, page_size + 64, page_size + 64 + 32);
	/* the data before the zeros, though the object has them the other way round */
	assert_part(rel, ELF_REL_DATA, 2 * page_size, 2 * page_size + 4096 + 8192);
	assert_int_equal(elf_rel_size(rel), 2 * page_size + (page_size == PAGE ? 12288 : 65536));
	image = elf_rel_image(rel);
	assert_int_equal((uintptr_t)image % 4096, 0);
	assert_memory_equal(image, text, sizeof(text));
	assert_memory_equal(image + page_size, rodata, sizeof(rodata));
	assert_memory_equal(image + page_size + 64, digest, sizeof(digest));
	assert_memory_equal(image + 2 * page_size, data, sizeof(data));
	for (uint64_t i = 2 * page_size + sizeof(data); i < elf_rel_size(rel); i++)
		assert_int_equal(image[i], 0);
	elf_rel_close(rel);
	free(object);
}

static void test_layout(void **state)
{
	(void)state;
	check_layout(PAGE);
	check_layout(65536);
}

/* The sample with what several CPUs need. */
enum cpus_section {
	CPUS_TEXT = DEBUG + 1,
	CPUS_RODATA
};

static void *build_cpus(size_t *size)
{
	static const uint8_t cpus_text[16] = {11};
	static const uint8_t cpus_rodata[8] = {12};
	struct elf_builder builder;
	size_t share;

	build_sample(&builder);
	elf_builder_section(&builder, PURGATORY_CPUS_TEXT_SECTION, SHT_PROGBITS,
			    SHF_ALLOC | SHF_EXECINSTR, 4, cpus_text, sizeof(cpus_text));
	elf_builder_section(&builder, PURGATORY_CPUS_RODATA_SECTION, SHT_PROGBITS, SHF_ALLOC, 8,
			    cpus_rodata, sizeof(cpus_rodata));
	share = elf_builder_symbol(&builder, "share", STT_FUNC, CPUS_TEXT, 4, 12);
	elf_builder_symbol(&builder, "ids", STT_OBJECT, CPUS_RODATA, 0, 8);
	elf_builder_relocation(&builder, TEXT, 8, share, R_AARCH64_CALL26, 0);
	return elf_builder_finish(&builder, size);
}

/*
 * What only several CPUs need lies before the data of an image for them, and behind any other
 * image, which is as if the object had no such sections.
 */
static void check_cpus(bool cpus)
{
	const struct elf_rel_layout layout = {.page_size = PAGE, .cpus = cpus};
	const uint64_t data_start = (cpus ? 4 : 2) * PAGE, start = (cpus ? 2 : 5) * PAGE;
	const uint64_t value = 0x0123456789abcdef;
	struct test_log log;
	struct elf_rel *rel;
	size_t size;
	void *object = build_cpus(&size);

	test_log_open(&log);
	assert_int_equal(elf_rel_open(&rel, object, size, &arch_arm64, &layout, &log.log), 0);
	assert_part(rel, ELF_REL_TEXT, 0, 32);
	assert_part(rel, ELF_REL_DIGEST, PAGE + 64, PAGE + 64 + 32);
	assert_part(rel, ELF_REL_DATA, data_start, data_start + 4096 + 8192);
	assert_part(rel, ELF_REL_CPUS_TEXT, start, start + 16);
	assert_part(rel, ELF_REL_CPUS_RODATA, start + PAGE, start + PAGE + 8);
	assert_int_equal(elf_rel_size(rel), data_start + 3 * PAGE);
	assert_int_equal(elf_rel_relocate(rel, 0x40000000, &log.log), 0);
	assert_int_equal(load64(elf_rel_image(rel) + 8) & 0x3ffffff, (start + 4 - 8) / 4);
	test_log_expect_nothing(&log);
	assert_int_equal(elf_rel_set_symbol(rel, "ids", &value, sizeof(value), &log.log),
			 cpus ? 0 : -EINVAL);
	if (cpus)
		assert_int_equal(load64(elf_rel_image(rel) + start + PAGE), value);
	else
		test_log_expect(&log, "'ids' is no data object that can be set");
	elf_rel_close(rel);
	free(object);
	test_log_close(&log);
}

static void test_cpus(void **state)
{
	(void)state;
	check_cpus(true);
	check_cpus(false);
}

static void test_sections(void **state)
{
	static const struct {
		const char *name;
		uint64_t start, end;
		bool zeros;
	} expected[] = {
		{".text", 0, 32, false},
		{".rodata", PAGE, PAGE + 20, false},
		{PURGATORY_DIGEST_SECTION, PAGE + 64, PAGE + 96, false},
		{".bss", 3 * PAGE, 5 * PAGE, true},
		{".data", 2 * PAGE, 2 * PAGE + 16, false},
	};
	struct elf_rel_section section;
	struct elf_builder builder;
	struct elf_rel *rel;
	size_t cursor = 0;
	void *object;

	(void)state;
	build_sample(&builder);
	rel = open_good(&builder, &arch_arm64, PAGE, &object);
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
		assert_true(elf_rel_next_section(rel, &cursor, &section));
		assert_string_equal(section.name, expected[i].name);
		assert_int_equal(section.range.start, expected[i].start);
		assert_int_equal(section.range.end, expected[i].end);
		assert_int_equal(section.zeros, expected[i].zeros);
	}
	assert_false(elf_rel_next_section(rel, &cursor, &section));
	elf_rel_close(rel);
	free(object);
}

static void test_relocate(void **state)
{
	/* odd on purpose: only the lowest page boundary is given */
	const uint64_t address = 0x123457000;
	struct elf_builder builder;
	struct elf_rel *rel;
	struct test_log log;
	const uint8_t *image;
	void *object;

	(void)state;
	test_log_open(&log);
	build_sample(&builder);
	rel = open_good(&builder, &arch_arm64, PAGE, &object);
	assert_int_equal(elf_rel_relocate(rel, address, &log.log), 0);
	image = elf_rel_image(rel);
	assert_int_equal(load64(image + 2 * PAGE + 8), address + PAGE + 8 + 1);
	assert_int_equal(load64(image + PAGE + 12), 0x1234);
	/* ADR over 0x3010 - 4: immediate 0x300c, its two low bits 0 */
	assert_int_equal(load64(image + 4) & UINT32_MAX, 0x300c >> 2 << 5);
	test_log_expect_nothing(&log);

	assert_int_equal(elf_rel_relocate(rel, address, &log.log), -EINVAL);
	test_log_expect(&log, "already");
	elf_rel_close(rel);
	free(object);
	test_log_close(&log);
}

static void test_relocate_address(void **state)
{
	static const struct {
		uint64_t address;
		int error;
		const char *message;
	} cases[] = {
		{0x80000800, -EINVAL, "0x80000800 is no multiple"},
		{UINT64_MAX - PAGE + 1, -ERANGE, "beyond the address space"},
		{0, 0, NULL},
		{0xfffff000, 0, NULL},
	};
	struct test_log log;

	(void)state;
	test_log_open(&log);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct elf_builder builder;
		struct elf_rel *rel;
		void *object;

		build_sample(&builder);
		rel = open_good(&builder, &arch_arm64, PAGE, &object);
		assert_int_equal(elf_rel_relocate(rel, cases[i].address, &log.log), cases[i].error);
		if (cases[i].message)
			test_log_expect(&log, cases[i].message);
		else
			test_log_expect_nothing(&log);
		elf_rel_close(rel);
		free(object);
	}
	test_log_close(&log);
}

static void test_relocate_refusals(void **state)
{
	static const struct {
		uint64_t offset;
		uint32_t type;
		int64_t addend;
		int error;
		const char *message;
	} cases[] = {
		{8, R_AARCH64_ADR_PREL_PG_HI21, 0, -ENOEXEC,
		 "type 275 against 'constant' at 0x8 of section '.text' is not supported"},
		{8, R_AARCH64_CALL26, 1L << 30, -ERANGE,
		 "type 283 against 'constant' at 0x8 of section '.text' does not reach"},
		{8, R_AARCH64_CALL26, 2, -ERANGE, "is not aligned"},
		{6, R_AARCH64_CALL26, 0, -ENOEXEC, "is malformed"},
		{32, R_AARCH64_CALL26, 0, -ENOEXEC, "is malformed"},
		{25, R_AARCH64_ABS64, 0, -ENOEXEC, "is malformed"},
	};
	struct test_log log;

	(void)state;
	test_log_open(&log);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct elf_builder builder;
		struct elf_rel *rel;
		void *object;

		build_sample(&builder);
		elf_builder_relocation(&builder, TEXT, cases[i].offset, CONSTANT, cases[i].type,
				       cases[i].addend);
		rel = open_good(&builder, &arch_arm64, PAGE, &object);
		assert_int_equal(elf_rel_relocate(rel, 0x40000000, &log.log), cases[i].error);
		test_log_expect(&log, cases[i].message);
		elf_rel_close(rel);
		free(object);
	}
	test_log_close(&log);
}

/* PC-relative addresses on riscv64: AUIPC at 0, ADDI at 8 and SD at 12 that belong to it. */
static const uint32_t paired_code[] = {0x00000517, 0x00000013, 0x7ff50513, 0x00b53023};

static const struct paired_case {
	uint64_t target, label;
	int64_t addend; /* of the ADDI's relocation */
	int error;
	uint32_t auipc, addi, sd;
	const char *message;
} paired_cases[] = {
	{0x12345abc, 0, 0, 0, 0x12346517, 0xabc50513, 0xaab53e23, NULL},
	{0x7ffff7ff, 0, 0, 0, 0x7ffff517, 0x7ff50513, 0x7eb53fa3, NULL},
	{UINT64_C(0) - 0x80000800, 0, 0, 0, 0x80000517, 0x80050513, 0x80b53023, NULL},
	{0x7ffff800, 0, 0, -ERANGE, 0, 0, 0, "type 24 against 'label' at 0x8"},
	{0x1000, 4, 0, -ENOEXEC, 0, 0, 0, "at 0x8 of section '.text' lacks the one"},
	{0x1000, 0, 4, -ENOEXEC, 0, 0, 0, "is malformed"},
};

static void build_paired(struct elf_builder *builder, const struct paired_case *row,
			 uint64_t address)
{
	size_t section, target, label;

	elf_builder_init(builder, EM_RISCV);
	section = elf_builder_section(builder, ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, 4,
				      paired_code, sizeof(paired_code));
	target = elf_builder_symbol(builder, "target", STT_NOTYPE, SHN_ABS, address + row->target,
				    0);
	label = elf_builder_symbol(builder, "label", STT_NOTYPE, (uint16_t)section, row->label, 0);
	/* the pair in the order of no compiler: any is allowed */
	elf_builder_relocation(builder, section, 8, label, R_RISCV_PCREL_LO12_I, row->addend);
	elf_builder_relocation(builder, section, 0, target, R_RISCV_PCREL_HI20, 0);
	elf_builder_relocation(builder, section, 12, label, R_RISCV_PCREL_LO12_S, 0);
}

static void test_paired(void **state)
{
	const uint64_t address = 0x200000000;
	struct test_log log;

	(void)state;
	test_log_open(&log);
	for (size_t i = 0; i < ARRAY_SIZE(paired_cases); i++) {
		const struct paired_case *row = &paired_cases[i];
		struct elf_builder builder;
		struct elf_rel *rel;
		const uint8_t *image;
		void *object;

		build_paired(&builder, row, address);
		rel = open_good(&builder, &arch_riscv64, PAGE, &object);
		image = elf_rel_image(rel);
		assert_int_equal(elf_rel_relocate(rel, address, &log.log), row->error);
		if (row->error) {
			test_log_expect(&log, row->message);
		} else {
			assert_int_equal(load64(image) & UINT32_MAX, row->auipc);
			assert_int_equal(load64(image + 8) & UINT32_MAX, row->addi);
			assert_int_equal(load64(image + 8) >> 32, row->sd);
		}
		elf_rel_close(rel);
		free(object);
	}
	test_log_close(&log);
}

static const struct set_case {
	const char *name;
	size_t size;
	int error;
	const char *message; /* or NULL, and then: */
	uint64_t offset;
} set_cases[] = {
	{"constant", 4, 0, NULL, PAGE + 8},
	{"variable", 8, 0, NULL, 2 * PAGE + 8},
	{"zeros", 8, 0, NULL, 3 * PAGE + 16},
	{"missing", 8, -ENOENT, "no symbol 'missing'", 0},
	{"", 0, -ENOENT, "no symbol ''", 0},
	{"constan", 4, -ENOENT, "no symbol 'constan'", 0},
	{"constant", 8, -EINVAL, "'constant' has 4 bytes, but 8 are to be set", 0},
	{"variable", 7, -EINVAL, "'variable' has 8 bytes, but 7 are to be set", 0},
	{"start", 8, -EINVAL, "'start' is no data object", 0},
	{"fixed", 0, -EINVAL, "'fixed' is no data object", 0},
	{"absolute", 8, -EINVAL, "'absolute' is no data object", 0},
	{"in_debug", 8, -EINVAL, "'in_debug' is no data object", 0},
	{"hidden", 8, -ENOENT, "no symbol 'hidden'", 0},
};

/* Those that were set, and no others, are listed, each with its address. */
static void check_set_symbols(const struct elf_rel *rel)
{
	size_t cursor = 0, expected = 0;
	uint64_t address;
	const char *name;

	for (size_t i = 0; i < ARRAY_SIZE(set_cases); i++)
		if (!set_cases[i].error)
			expected++;
	for (; elf_rel_next_set_symbol(rel, &cursor, &name, &address); expected--) {
		const struct set_case *found = set_cases;

		while (found < set_cases + ARRAY_SIZE(set_cases) &&
		       (found->error || strcmp(found->name, name) != 0))
			found++;
		assert_true(found < set_cases + ARRAY_SIZE(set_cases));
		assert_int_equal(address, 0x40000000 + found->offset);
	}
	assert_int_equal(expected, 0);
}

static void test_set_symbol(void **state)
{
	static const uint8_t value[8] = {0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8};
	struct elf_builder builder;
	uint8_t *expected;
	struct elf_rel *rel;
	struct test_log log;
	void *object;
	size_t local;

	(void)state;
	test_log_open(&log);
	build_sample(&builder);
	elf_builder_symbol(&builder, "absolute", STT_OBJECT, SHN_ABS, 8, 8);
	elf_builder_symbol(&builder, "in_debug", STT_OBJECT, DEBUG, 0, 8);
	local = elf_builder_symbol(&builder, "hidden", STT_OBJECT, DATA, 0, 8);
	builder.symbols[local].st_info = ELF64_ST_INFO(STB_LOCAL, STT_OBJECT);
	rel = open_good(&builder, &arch_arm64, PAGE, &object);
	assert_int_equal(elf_rel_set_symbol(rel, "variable", value, 8, &log.log), -EINVAL);
	test_log_expect(&log, "before relocation");
	assert_int_equal(elf_rel_relocate(rel, 0x40000000, &log.log), 0);

	expected = malloc(elf_rel_size(rel));
	assert_non_null(expected);
	memcpy(expected, elf_rel_image(rel), elf_rel_size(rel));
	for (size_t i = 0; i < ARRAY_SIZE(set_cases); i++) {
		int error = elf_rel_set_symbol(rel, set_cases[i].name, value, set_cases[i].size,
					       &log.log);

		assert_int_equal(error, set_cases[i].error);
		if (set_cases[i].message)
			test_log_expect(&log, set_cases[i].message);
		else
			memcpy(expected + set_cases[i].offset, value, set_cases[i].size);
		assert_memory_equal(elf_rel_image(rel), expected, elf_rel_size(rel));
	}
	check_set_symbols(rel);
	test_log_expect_nothing(&log);
	free(expected);
	elf_rel_close(rel);
	free(object);
	test_log_close(&log);
}

static void test_get_symbol(void **state)
{
	struct elf_builder builder;
	uint64_t address, size;
	struct elf_rel *rel;
	struct test_log log;
	void *object;

	(void)state;
	test_log_open(&log);
	build_sample(&builder);
	rel = open_good(&builder, &arch_arm64, PAGE, &object);
	assert_int_equal(elf_rel_get_symbol(rel, "start", &address, &size, &log.log), -EINVAL);
	test_log_expect(&log, "before relocation");
	assert_int_equal(elf_rel_relocate(rel, 0x140000000, &log.log), 0);
	assert_int_equal(elf_rel_get_symbol(rel, "start", &address, &size, &log.log), 0);
	assert_int_equal(address, 0x140000000);
	assert_int_equal(size, 32);
	assert_int_equal(elf_rel_get_symbol(rel, "zeros", &address, &size, &log.log), 0);
	assert_int_equal(address, 0x140000000 + 3 * PAGE + 16);
	assert_int_equal(size, 8);
	assert_int_equal(elf_rel_get_symbol(rel, "fixed", &address, &size, &log.log), 0);
	assert_int_equal(address, 0x1234);
	test_log_expect_nothing(&log);
	assert_int_equal(elf_rel_get_symbol(rel, "missing", &address, &size, &log.log), -ENOENT);
	test_log_expect(&log, "no symbol 'missing'");
	elf_rel_close(rel);
	free(object);
	test_log_close(&log);
}

/* Each makes one thing of the sample wrong. */
static void break_class(struct elf_builder *builder)
{
	builder->header.e_ident[EI_CLASS] = ELFCLASS32;
}

static void break_byte_order(struct elf_builder *builder)
{
	builder->header.e_ident[EI_DATA] = ELFDATA2MSB;
}

static void break_magic(struct elf_builder *builder)
{
	builder->header.e_ident[EI_MAG1] = 'M';
}

static void break_type(struct elf_builder *builder)
{
	builder->header.e_type = ET_EXEC;
}

static void break_machine(struct elf_builder *builder)
{
	builder->header.e_machine = EM_RISCV;
}

static void break_undefined(struct elf_builder *builder)
{
	elf_builder_symbol(builder, "elsewhere", STT_NOTYPE, SHN_UNDEF, 0, 0);
}

static void break_weak(struct elf_builder *builder)
{
	size_t symbol = elf_builder_symbol(builder, "perhaps", STT_NOTYPE, SHN_UNDEF, 0, 0);

	builder->symbols[symbol].st_info = ELF64_ST_INFO(STB_WEAK, STT_NOTYPE);
}

static void break_common(struct elf_builder *builder)
{
	elf_builder_symbol(builder, "shared", STT_OBJECT, SHN_COMMON, 8, 8);
}

static void break_tls_symbol(struct elf_builder *builder)
{
	elf_builder_symbol(builder, "mine", STT_TLS, DATA, 0, 8);
}

static void break_ifunc(struct elf_builder *builder)
{
	elf_builder_symbol(builder, "choice", STT_GNU_IFUNC, TEXT, 0, 8);
}

static void break_symbol_section(struct elf_builder *builder)
{
	builder->symbols[CONSTANT].st_shndx = 100;
}

static void break_symbol_xindex(struct elf_builder *builder)
{
	builder->symbols[CONSTANT].st_shndx = SHN_XINDEX;
}

static void break_symbol_value(struct elf_builder *builder)
{
	builder->symbols[CONSTANT].st_value = sizeof(rodata) - 3;
}

static void break_symbol_beyond(struct elf_builder *builder)
{
	builder->symbols[CONSTANT].st_value = sizeof(rodata) + 1;
	builder->symbols[CONSTANT].st_size = 1;
}

static void break_symbol_size(struct elf_builder *builder)
{
	builder->symbols[CONSTANT].st_size = UINT64_MAX;
}

static void break_write_execute(struct elf_builder *builder)
{
	builder->sections[TEXT].sh_flags |= SHF_WRITE;
}

static void break_tls_section(struct elf_builder *builder)
{
	builder->sections[DATA].sh_flags |= SHF_TLS;
}

static void break_compressed(struct elf_builder *builder)
{
	builder->sections[DATA].sh_flags |= SHF_COMPRESSED;
}

static void break_note(struct elf_builder *builder)
{
	builder->sections[RODATA].sh_type = SHT_NOTE;
}

static void break_init_array(struct elf_builder *builder)
{
	builder->sections[DATA].sh_type = SHT_INIT_ARRAY;
}

static void break_alignment(struct elf_builder *builder)
{
	builder->sections[DATA].sh_addralign = 24;
}

static void break_large_alignment(struct elf_builder *builder)
{
	builder->sections[BSS].sh_addralign = 8192;
}

static void break_large_bss(struct elf_builder *builder)
{
	builder->sections[BSS].sh_size = UINT64_C(1) << 40;
}

static void break_many_large(struct elf_builder *builder)
{
	builder->sections[BSS].sh_size = UINT64_C(3) << 20;
	elf_builder_section(builder, ".bss.2", SHT_NOBITS, SHF_ALLOC | SHF_WRITE, 8, NULL,
			    UINT64_C(3) << 20);
}

static void break_rel(struct elf_builder *builder)
{
	static const Elf64_Rel relocation;
	size_t section = elf_builder_section(builder, ".rel.text", SHT_REL, 0, 8, &relocation,
					     sizeof(relocation));

	builder->sections[section].sh_entsize = sizeof(relocation);
	builder->sections[section].sh_info = TEXT;
	/* the tables that the builder makes: three of relocations, then the symbols */
	builder->sections[section].sh_link = (uint32_t)section + 5;
}

static void break_relocation_of_zeros(struct elf_builder *builder)
{
	elf_builder_relocation(builder, BSS, 0, START, R_AARCH64_ABS64, 0);
}

static void break_relocation_symbol(struct elf_builder *builder)
{
	elf_builder_relocation(builder, TEXT, 0, 77, R_AARCH64_ABS64, 0);
}

static void break_relocation_offset(struct elf_builder *builder)
{
	elf_builder_relocation(builder, TEXT, sizeof(text) + 1, START, R_AARCH64_ABS64, 0);
}

static void break_relocation_to_debug(struct elf_builder *builder)
{
	size_t symbol = elf_builder_symbol(builder, "note", STT_OBJECT, DEBUG, 0, 0);

	elf_builder_relocation(builder, TEXT, 0, symbol, R_AARCH64_ABS64, 0);
}

static void break_relocation_entry_size(struct elf_builder *builder)
{
	static const Elf64_Rela relocation;
	size_t section = elf_builder_section(builder, ".rela.text", SHT_RELA, 0, 8, &relocation,
					     sizeof(relocation));

	builder->sections[section].sh_entsize = 8;
	builder->sections[section].sh_info = TEXT;
	builder->sections[section].sh_link = (uint32_t)section + 5;
}

static void break_relocation_table_link(struct elf_builder *builder)
{
	static const Elf64_Rela relocation;
	size_t section = elf_builder_section(builder, ".rela.text", SHT_RELA, 0, 8, &relocation,
					     sizeof(relocation));

	builder->sections[section].sh_entsize = sizeof(relocation);
	builder->sections[section].sh_info = TEXT;
	builder->sections[section].sh_link = DEBUG;
}

static void break_two_symbol_tables(struct elf_builder *builder)
{
	static const Elf64_Sym symbol;
	size_t section =
		elf_builder_section(builder, ".symtab2", SHT_SYMTAB, 0, 8, &symbol, sizeof(symbol));

	builder->sections[section].sh_entsize = sizeof(symbol);
}

static void break_nothing_loaded(struct elf_builder *builder)
{
	for (size_t i = 0; i < builder->section_count; i++)
		builder->sections[i].sh_flags = 0;
}

static const struct {
	void (*break_sample)(struct elf_builder *builder);
	const char *message;
} refusals[] = {
	{break_class, "purgatory object"},
	{break_byte_order, "purgatory object"},
	{break_magic, "not an ELF file"},
	{break_type, "not relocatable (ELF type 2)"},
	{break_machine, "ELF machine 243, machine 183 is needed"},
	{break_undefined, "'elsewhere' is undefined"},
	{break_weak, "'perhaps' is undefined"},
	{break_common, "'shared' is a common symbol"},
	{break_tls_symbol, "'mine' has type 6"},
	{break_ifunc, "'choice' has type 10"},
	{break_symbol_section, "symbol 2 is malformed"},
	{break_symbol_xindex, "symbol 2 is malformed"},
	{break_symbol_value, "'constant' lies outside of its section '.rodata'"},
	{break_symbol_beyond, "'constant' lies outside of its section '.rodata'"},
	{break_symbol_size, "'constant' lies outside of its section '.rodata'"},
	{break_write_execute, "'.text' is both writable and executable"},
	{break_tls_section, "'.data' has flags 0x403"},
	{break_compressed, "'.data' has flags 0x803"},
	{break_note, "'.rodata' has type 0x7"},
	{break_init_array, "'.data' has type 0xe"},
	{break_alignment, "alignment of section '.data' is no power of two"},
	{break_large_alignment, "'.bss' is too large"},
	{break_large_bss, "'.bss' is too large"},
	{break_many_large, "more than 4 MiB"},
	{break_rel, "'.text' has relocations in a form"},
	{break_relocation_of_zeros, "'.bss' has relocations in a form"},
	{break_relocation_symbol, "(offset 0x0, symbol 77)"},
	{break_relocation_offset, "(offset 0x21, symbol 1)"},
	{break_relocation_to_debug, "'.text' refers to 'note' in section '.debug'"},
	{break_relocation_entry_size, "relocation table, section 7 is malformed"},
	{break_relocation_table_link, "relocation table, section 7 is malformed"},
	{break_two_symbol_tables, "second symbol table, section"},
	{break_nothing_loaded, "nothing to load"},
};

static void test_open_refusals(void **state)
{
	struct test_log log;

	(void)state;
	test_log_open(&log);
	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
		struct elf_rel *rel = NULL;
		struct elf_builder builder;
		void *object;

		build_sample(&builder);
		refusals[i].break_sample(&builder);
		assert_int_equal(open_built(&builder, &arch_arm64, PAGE, &rel, &object, &log.log),
				 -ENOEXEC);
		test_log_expect(&log, refusals[i].message);
		assert_null(rel);
		free(object);
	}
	test_log_close(&log);
}

/* The section headers come last in the object, so that every shorter file lacks some. */
static void test_truncated(void **state)
{
	struct elf_builder builder;
	const struct elf_rel_layout layout = {.page_size = PAGE};
	struct test_log log;
	uint8_t *object;
	size_t size;

	(void)state;
	test_log_open(&log);
	build_sample(&builder);
	object = elf_builder_finish(&builder, &size);
	for (size_t length = 0; length < size; length++) {
		/* a copy of just that size lets AddressSanitizer see a read beyond it */
		uint8_t *copy = malloc(length ? length : 1);
		struct elf_rel *rel = NULL;

		assert_non_null(copy);
		memcpy(copy, object, length);
		assert_int_equal(elf_rel_open(&rel, copy, length, &arch_arm64, &layout, &log.log),
				 -ENOEXEC);
		test_log_expect(&log, "purgatory object");
		free(copy);
	}
	free(object);
	test_log_close(&log);
}

static uint32_t next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

/*
 * Objects with a few bytes changed at random, the same ones each time. Whatever they say now, they
 * are opened and relocated, or refused with one line. Returns true if all went well with this one.
 */
static bool try_mutant(const uint8_t *bytes, size_t size, struct test_log *log)
{
	const struct elf_rel_layout layout = {.page_size = PAGE};
	struct elf_rel *rel = NULL;
	int error = elf_rel_open(&rel, bytes, size, &arch_arm64, &layout, &log->log);

	if (!error)
		error = elf_rel_relocate(rel, 0x40000000, &log->log);
	elf_rel_close(rel);
	if (error)
		test_log_expect(log, "purgatory");
	else
		test_log_expect_nothing(log);
	return !error;
}

static void test_mutants(void **state)
{
	enum {
		MUTANTS = 20000
	};
	uint32_t random = 0x20240229;
	struct elf_builder builder;
	uint8_t *object, *mutant;
	struct test_log log;
	size_t size, good = 0;

	(void)state;
	test_log_open(&log);
	build_sample(&builder);
	object = elf_builder_finish(&builder, &size);
	mutant = malloc(size);
	assert_non_null(mutant);
	for (int i = 0; i < MUTANTS; i++) {
		memcpy(mutant, object, size);
		for (uint32_t flips = 1 + next_random(&random) % 4; flips > 0; flips--)
			mutant[next_random(&random) % size] = (uint8_t)next_random(&random);
		good += try_mutant(mutant, size, &log);
	}
	/* both ways must have been gone often for the test to mean something */
	assert_in_range(good, MUTANTS / 20, MUTANTS - MUTANTS / 20);
	free(mutant);
	free(object);
	test_log_close(&log);
}

static void test_arch_list(void **state)
{
	(void)state;
	assert_ptr_equal(arch_find_name("arm64"), &arch_arm64);
	assert_ptr_equal(arch_find_name("riscv64"), &arch_riscv64);
	assert_null(arch_find_name("aarch64"));
	assert_null(arch_find_name(""));
	assert_ptr_equal(arch_find_machine("aarch64"), &arch_arm64);
	assert_ptr_equal(arch_find_machine("riscv64"), &arch_riscv64);
	assert_null(arch_find_machine("x86_64"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_layout),		 cmocka_unit_test(test_cpus),
		cmocka_unit_test(test_sections),	 cmocka_unit_test(test_relocate),
		cmocka_unit_test(test_relocate_address), cmocka_unit_test(test_relocate_refusals),
		cmocka_unit_test(test_paired),		 cmocka_unit_test(test_set_symbol),
		cmocka_unit_test(test_get_symbol),	 cmocka_unit_test(test_open_refusals),
		cmocka_unit_test(test_truncated),	 cmocka_unit_test(test_mutants),
		cmocka_unit_test(test_arch_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
