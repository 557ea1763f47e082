/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the loaded crash kernel is entered, from /proc/kallsyms and /proc/kcore. */
#include "support.h"

#include <elf.h>
#include <string.h>

#include "elf_builder.h"
#include "machine/crash_image.h"

#define KALLSYMS "/proc/kallsyms"
#define KCORE	 "/proc/kcore"

#define SYMBOLS                                      \
	"ffff800081230000 T _text\n"                 \
	"ffff800081240000 b kexec_crash_image_old\n" \
	"ffff800081240010 B kexec_crash_image\n"     \
	"ffff800081250000 t some_module\t[module]\n"
#define IMAGE_START UINT64_C(0xffff800081240000)
#define LINEAR	    UINT64_C(0xffff000000000000)
#define POINTER	    UINT64_C(0xffff800081240010)

/* A core file with two pieces of memory: the kernel's data, and a struct kimage. */
struct core {
	Elf64_Ehdr header;
	Elf64_Phdr segments[2];
	uint64_t data[4];   /* at IMAGE_START */
	uint64_t linear[6]; /* at LINEAR */
};

static void write_core(const struct test_system *system, uint64_t pointer, uint64_t start)
{
	struct core core = {
		.header = elf_builder_core_header(offsetof(struct core, segments), 2),
		.segments = {{.p_type = PT_LOAD,
			      .p_offset = offsetof(struct core, data),
			      .p_vaddr = IMAGE_START,
			      .p_filesz = sizeof(core.data),
			      .p_memsz = sizeof(core.data)},
			     {.p_type = PT_LOAD,
			      .p_offset = offsetof(struct core, linear),
			      .p_vaddr = LINEAR,
			      .p_filesz = sizeof(core.linear),
			      .p_memsz = sizeof(core.linear)}},
		.data = {0, 0, pointer, 0},
		/* struct kimage at LINEAR + 8: head, entry, last_entry, start */
		.linear = {7, 1, 2, 3, start, 5},
	};

	test_sysroot_write(system->directory, KCORE, &core, sizeof(core));
}

static void test_found(void **state)
{
	struct test_system *system = *state;

	test_sysroot_write_text(system->directory, KALLSYMS, SYMBOLS);
	write_core(system, LINEAR + 8, 0x7fe00000);
	assert_int_equal(crash_image_find(&arch_arm64, &system->sysroot), POINTER);
	assert_int_equal(crash_image_read_start(POINTER, &arch_arm64, &system->sysroot),
			 0x7fe00000);
	/* no crash kernel is loaded */
	write_core(system, 0, 0x7fe00000);
	assert_int_equal(crash_image_find(&arch_arm64, &system->sysroot), POINTER);
	assert_int_equal(crash_image_read_start(POINTER, &arch_arm64, &system->sysroot), 0);
	/* the pointer leads nowhere, or its target is cut off */
	write_core(system, 0x1234, 0x7fe00000);
	assert_int_equal(crash_image_read_start(POINTER, &arch_arm64, &system->sysroot), 0);
	write_core(system, LINEAR + 24, 0x7fe00000);
	assert_int_equal(crash_image_read_start(POINTER, &arch_arm64, &system->sysroot), 0);
}

/* Each of both files may be missing or hide what it has. */
static void test_unknown(void **state)
{
	struct test_system *system = *state;
	static const char *const symbols[] = {
		"",
		"ffff800081230000 T _text\n",
		"0000000000000000 B kexec_crash_image\n",
		"ffff800081240010 B kexec_crash_image_old\n",
		"ffff800081240010 B my_kexec_crash_image\n",
		"kexec_crash_image\n",
		"ffff800081250010 B kexec_crash_image\n", /* not in the core file */
	};

	write_core(system, LINEAR + 8, 0x7fe00000);
	assert_int_equal(crash_image_find(&arch_arm64, &system->sysroot), 0);
	for (size_t i = 0; i < ARRAY_SIZE(symbols); i++) {
		test_sysroot_write_text(system->directory, KALLSYMS, symbols[i]);
		assert_int_equal(crash_image_find(&arch_arm64, &system->sysroot), 0);
	}
	test_sysroot_write_text(system->directory, KALLSYMS, SYMBOLS);
	assert_int_equal(crash_image_find(&arch_arm64, &system->sysroot), POINTER);
	assert_int_equal(crash_image_find(&arch_riscv64, &system->sysroot), 0);
	test_sysroot_write_text(system->directory, KCORE, "no core file");
	assert_int_equal(crash_image_find(&arch_arm64, &system->sysroot), 0);
	test_sysroot_remove(system->directory, KCORE);
	assert_int_equal(crash_image_find(&arch_arm64, &system->sysroot), 0);
}

static int set_up(void **state)
{
	return test_system_set_up(state, sizeof(struct test_system));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_found, set_up, test_system_tear_down),
		cmocka_unit_test_setup_teardown(test_unknown, set_up, test_system_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
