/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The note of /proc/kcore, whatever that file holds, and the linear map that follows from it.
 */
#include "support.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "elf_builder.h"
#include "machine/linear_map.h"
#include "machine/vmcoreinfo.h"

/* A core file as fs/proc/kcore.c writes it: headers, notes, and memory that is not there. */
struct core {
	Elf64_Ehdr header;
	Elf64_Phdr segments[2];
	char notes[512];
};

struct fixture {
	struct test_log log;
	char *directory;
	struct sysroot sysroot;
	struct core core;
};

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	test_log_open(&fixture->log);
	fixture->log.log.debug = true;
	fixture->directory = test_directory_make();
	fixture->sysroot.directory = fixture->directory;
	fixture->core = (struct core){
		.header = elf_builder_core_header(offsetof(struct core, segments), 2),
		.segments = {{.p_type = PT_NOTE, .p_offset = offsetof(struct core, notes)},
			     {.p_type = PT_LOAD,
			      .p_offset = UINT64_C(1) << 40,
			      .p_filesz = UINT64_C(1) << 46}},
	};
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	test_directory_remove(fixture->directory);
	test_log_close(&fixture->log);
	free(fixture);
	return 0;
}

static void add_note(struct core *core, const char *name, const char *text, size_t size)
{
	char *end = core->notes + core->segments[0].p_filesz;
	const Elf64_Nhdr header = {.n_namesz = (Elf64_Word)strlen(name) + 1,
				   .n_descsz = (Elf64_Word)size};
	const size_t name_size = (header.n_namesz + 3) & ~3U;
	const size_t total = sizeof(header) + name_size + ((size + 3) & ~(size_t)3);

	assert_true(core->segments[0].p_filesz + total <= sizeof(core->notes));
	memcpy(end, &header, sizeof(header));
	memcpy(end + sizeof(header), name, header.n_namesz);
	memcpy(end + sizeof(header) + name_size, text, size);
	core->segments[0].p_filesz += total;
}

/* What is read of the first @size bytes; malloc'ed, or NULL. */
static char *read_bytes(struct fixture *fixture, size_t size)
{
	struct vmcoreinfo info = {.text = fixture->directory};

	test_sysroot_write(fixture->directory, "/proc/kcore", &fixture->core, size);
	vmcoreinfo_read(&info, &arch_arm64, &fixture->sysroot, &fixture->log.log);
	return info.text;
}

static char *read_core(struct fixture *fixture)
{
	return read_bytes(fixture, sizeof(fixture->core));
}

static void expect_text(char *text, const char *expected)
{
	assert_non_null(text);
	assert_string_equal(text, expected);
	free(text);
}

static void test_note(void **state)
{
	struct fixture *fixture = *state;
	struct core *core = &fixture->core;

	add_note(core, "VMCOREINFO", "A=1\nB=2", 7);
	expect_text(read_core(fixture), "A=1\nB=2");
	/* Nothing but headers and notes is needed. */
	expect_text(read_bytes(fixture, offsetof(struct core, notes) + core->segments[0].p_filesz),
		    "A=1\nB=2");
	test_log_expect_nothing(&fixture->log);
}

static void test_note_behind_others(void **state)
{
	struct fixture *fixture = *state;
	struct core *core = &fixture->core;

	add_note(core, "CORE", "VMCOREINFO", 10);
	add_note(core, "VMCOREINF", "A=1", 3);
	add_note(core, "VMCOREINFOS", "A=2", 3);
	add_note(core, "", "", 0);
	add_note(core, "VMCOREINFO", "A=3\n", 4);
	expect_text(read_core(fixture), "A=3\n");
	/* In the second of two program headers for notes. */
	core->segments[1] = core->segments[0];
	core->segments[0].p_filesz = 0;
	expect_text(read_core(fixture), "A=3\n");
	/* Memory may look like a note. */
	core->segments[1].p_type = PT_LOAD;
	assert_null(read_core(fixture));
}

static void test_no_note(void **state)
{
	struct fixture *fixture = *state;
	struct core *core = &fixture->core;
	const size_t all = sizeof(*core);
	Elf64_Nhdr *note = (Elf64_Nhdr *)core->notes;

	assert_null(read_core(fixture));
	test_log_expect(&fixture->log, "no vmcoreinfo: /proc/kcore has no such note");
	add_note(core, "VMCOREINFO", "A=1\nB=2\n", 8);
	/* Cut off anywhere: inside the note, the headers, and before them. */
	for (size_t size = 0; size < offsetof(struct core, notes) + 32; size++) {
		assert_null(read_bytes(fixture, size));
		test_log_expect(&fixture->log, "no vmcoreinfo: ");
	}
	/* The name has its size, by one byte less it would be another. */
	note->n_namesz = 12;
	assert_null(read_bytes(fixture, all));
	note->n_namesz = 11;
	/* Sizes that lead out of the notes. */
	note->n_descsz = 9;
	assert_null(read_bytes(fixture, all));
	note->n_descsz = UINT32_MAX;
	assert_null(read_bytes(fixture, all));
	note->n_descsz = 8;
	note->n_namesz = UINT32_MAX - 3;
	assert_null(read_bytes(fixture, all));
	note->n_namesz = 11;
	core->segments[0].p_filesz = UINT64_MAX;
	assert_null(read_bytes(fixture, all));
	core->segments[0].p_filesz = UINT64_C(1) << 40;
	assert_null(read_bytes(fixture, all));
	core->segments[0].p_filesz = 32;
	core->segments[0].p_offset = UINT64_MAX - 8;
	assert_null(read_bytes(fixture, all));
	core->segments[0].p_offset = offsetof(struct core, notes);
	free(read_bytes(fixture, all));
}

static void test_foreign_files(void **state)
{
	struct fixture *fixture = *state;
	struct core *core = &fixture->core;
	struct vmcoreinfo info;
	static const char not_ours[] = "is not the core file of an arm64 kernel";

	vmcoreinfo_read(&info, &arch_arm64, &fixture->sysroot, &fixture->log.log);
	assert_null(info.text);
	test_log_expect(&fixture->log, "cannot read /proc/kcore: No such file");

	add_note(core, "VMCOREINFO", "A=1\n", 4);
	core->header.e_machine = EM_RISCV;
	assert_null(read_core(fixture));
	test_log_expect(&fixture->log, not_ours);
	core->header.e_machine = EM_AARCH64;
	core->header.e_type = ET_EXEC;
	assert_null(read_core(fixture));
	test_log_expect(&fixture->log, not_ours);
	core->header.e_type = ET_CORE;
	core->header.e_ident[EI_CLASS] = ELFCLASS32;
	assert_null(read_core(fixture));
	test_log_expect(&fixture->log, not_ours);
	core->header.e_ident[EI_MAG1] = 'e';
	assert_null(read_core(fixture));
	test_log_expect(&fixture->log, not_ours);
}

static void test_numbers(void **state)
{
	static char text[] =
		"NUMBER(A)=10\nNUMBER(AB)=0x1F\nNUMBER(C)=-184549376\nD=7x\n"
		"NUMBER(E)=\nF= 1\nG=--1\nH=18446744073709551616\nI=0x\n"
		"J=-0x10\nK=08\nXNUMBER(L)=1\nM=+1\nN=18446744073709551615\nNUMBER(O)=1\n"
		"P=-\nQ=5";
	static const struct {
		const char *key;
		bool found;
		uint64_t value;
	} cases[] = {
		{"NUMBER(A)", true, 10},
		{"NUMBER(AB)", true, 31},
		{"NUMBER(C)", true, -UINT64_C(184549376)},
		{"D", false, 0},
		{"NUMBER(E)", false, 0},
		{"F", false, 0},
		{"G", false, 0},
		{"H", false, 0},
		{"I", false, 0},
		{"J", true, -UINT64_C(16)},
		{"K", true, 8},
		{"NUMBER(L)", false, 0},
		{"M", false, 0},
		{"N", true, UINT64_MAX},
		{"NUMBER(O)", true, 1},
		{"NUMBER(B)", false, 0},
		{"NUMBER", false, 0},
		{"P", false, 0},
		{"Q", true, 5},
	};
	const struct vmcoreinfo info = {.text = text};
	const struct vmcoreinfo none = {.text = NULL};
	uint64_t value;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		value = 77;
		if (vmcoreinfo_number(&info, cases[i].key, &value) != cases[i].found)
			fail_msg("%s", cases[i].key);
		assert_int_equal(value, cases[i].found ? cases[i].value : 77);
	}
	assert_false(vmcoreinfo_number(&none, "Q", &value));
}

/* The linear map of a kernel whose vmcoreinfo is @text. */
static struct linear_map find_map(struct fixture *fixture, const struct arch *arch,
				  const char *text)
{
	struct linear_map map;

	fixture->core.segments[0].p_filesz = 0;
	fixture->core.header.e_machine = arch->elf_machine;
	add_note(&fixture->core, "VMCOREINFO", text, strlen(text));
	test_sysroot_write(fixture->directory, "/proc/kcore", &fixture->core,
			   sizeof(fixture->core));
	linear_map_find(&map, arch, &fixture->sysroot, &fixture->log.log);
	return map;
}

static void test_linear_maps(void **state)
{
	struct fixture *fixture = *state;
	/* From 6.12 kernels of Debian, the arm64 one with KASLR; the others after the formulas. */
	static const struct {
		const struct arch *arch;
		const char *text;
		bool known;
		uint64_t physical, virtual_address;
	} cases[] = {
		{&arch_arm64, "NUMBER(VA_BITS)=52\nNUMBER(PHYS_OFFSET)=0xfff0c72bc0000000\n", true,
		 0xbfbdcb80, 0xffff38d4ffbdcb80},
		{&arch_arm64, "NUMBER(VA_BITS)=48\nNUMBER(PHYS_OFFSET)=0x40000000\n", true,
		 0x40000000, 0xffff000000000000},
		{&arch_arm64, "NUMBER(VA_BITS)=39\nNUMBER(PHYS_OFFSET)=0x80000000\n", true,
		 0x80001000, 0xffffff8000001000},
		{&arch_arm64, "NUMBER(VA_BITS)=48\n", false, 0, 0},
		{&arch_arm64, "NUMBER(PHYS_OFFSET)=0x40000000\n", false, 0, 0},
		{&arch_arm64, "NUMBER(VA_BITS)=64\nNUMBER(PHYS_OFFSET)=0x40000000\n", false, 0, 0},
		{&arch_arm64, "NUMBER(VA_BITS)=0\nNUMBER(PHYS_OFFSET)=0x40000000\n", false, 0, 0},
		{&arch_riscv64,
		 "NUMBER(phys_ram_base)=2147483648\nNUMBER(PAGE_OFFSET)=0xff60000000000000\n", true,
		 0x80200000, 0xff60000000200000},
		{&arch_riscv64, "NUMBER(PAGE_OFFSET)=0xff60000000000000\n", false, 0, 0},
		{&arch_riscv64, "NUMBER(phys_ram_base)=2147483648\n", false, 0, 0},
	};

	fixture->log.log.debug = false;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct linear_map map = find_map(fixture, cases[i].arch, cases[i].text);

		assert_int_equal(map.known, cases[i].known);
		if (map.known)
			assert_int_equal(cases[i].physical + map.offset, cases[i].virtual_address);
		test_log_expect_nothing(&fixture->log);
	}
}

/* The width that is in use, which may be less than the kernel was built for. */
static void test_virtual_bits(void **state)
{
	struct fixture *fixture = *state;
	static const struct {
		const struct arch *arch;
		const char *text;
		unsigned int bits;
	} cases[] = {
		/* Debian's 6.12 on QEMU's cortex-a57, and on -cpu max, which has LPA2 */
		{&arch_arm64, "NUMBER(VA_BITS)=52\nNUMBER(TCR_EL1_T1SZ)=0x10\n", 48},
		{&arch_arm64, "NUMBER(VA_BITS)=52\nNUMBER(TCR_EL1_T1SZ)=0xc\n", 52},
		/* before Linux 5.9 */
		{&arch_arm64, "NUMBER(VA_BITS)=48\n", 0},
		{&arch_arm64, "NUMBER(TCR_EL1_T1SZ)=0x40\n", 0},
		{&arch_riscv64, "NUMBER(VA_BITS)=57\nNUMBER(TCR_EL1_T1SZ)=0xc\n", 0},
	};

	fixture->log.log.debug = false;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct linear_map map = find_map(fixture, cases[i].arch, cases[i].text);

		assert_int_equal(map.virtual_bits, cases[i].bits);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_note, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_note_behind_others, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_no_note, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_foreign_files, set_up, tear_down),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test_setup_teardown(test_linear_maps, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_virtual_bits, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
