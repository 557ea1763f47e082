/* SPDX-License-Identifier: GPL-2.0-only */
/* kexec_file_load(2) of a wrapped load: what the kernel gets, and what follows its answer. */
#include "support.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "fake_kexec.h"
#include "load/phases.h"
#include "machine/kexec_interface.h"

#define BASE	UINT64_C(0x7fe00000)
#define POINTER UINT64_C(0xffff800081240000)
#define SEALS	(F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL)

/* What the kernel saw: a linker's replacement has no other way to its test. */
static struct {
	char content[16];
	int seals;
} seen;

static void look_at_file(void)
{
	if (fake_kexec.kernel < 0)
		return;
	assert_true(pread(fake_kexec.kernel, seen.content, sizeof(seen.content), 0) > 0);
	seen.seals = fcntl(fake_kexec.kernel, F_GET_SEALS);
}

static int set_up(void **state)
{
	fake_kexec_reset();
	fake_kexec.while_called = look_at_file;
	return test_system_set_up(state, sizeof(struct test_system));
}

static const char head[] = "the head";
static char command_line[] = "quiet maxcpus=1";

static struct load_layout make_layout(void)
{
	struct load_layout layout = {
		.plan = {.segments = {{.address = BASE,
				       .data = head,
				       .size = sizeof(head),
				       .memory_size = 4096}},
			 .segment_count = 1},
	};

	wrapped_image_describe(&layout.wrapped, &layout.plan);
	return layout;
}

/* Submit with fakes of what reads the place back from. Returns the result. */
static int submit(const struct test_system *system, bool needed, bool *refused)
{
	const struct options options = {.kernel = "/k", .crash = true};
	const struct load_layout layout = make_layout();
	const struct load_input input = {.machine = {.sysroot = system->sysroot},
					 .command_line = command_line};
	const struct load_context context = {
		.request = &options,
		.log = &system->log.log,
		.arch = &arch_arm64,
		.choice = {.call = KEXEC_CALL_FILE_LOAD, .wrapped = true, .wrap_needed = needed},
	};

	*refused = false;
	return submit_wrapped(&layout, &input, &context, refused);
}

static void test_call(void **state)
{
	struct test_system *system = *state;
	const unsigned long flags = KEXEC_FILE_ON_CRASH | KEXEC_FILE_NO_INITRAMFS;
	bool refused;

	assert_int_equal(submit(system, false, &refused), 0);
	assert_false(refused);
	test_log_expect_nothing(&system->log);
	assert_int_equal(fake_kexec.file_loads, 1);
	assert_int_equal(fake_kexec.loads, 0);
	assert_int_equal(fake_kexec.flags & ~(unsigned long)KEXEC_FILE_DEBUG, flags);
	assert_int_equal(fake_kexec.initrd, -1);
	assert_string_equal(fake_kexec.command_line, "quiet maxcpus=1");
	assert_int_equal(fake_kexec.command_line_size, sizeof("quiet maxcpus=1"));
	assert_string_equal(seen.content, head);
	assert_int_equal(seen.seals & SEALS, SEALS);
	/* It is closed. */
	assert_int_equal(fcntl(fake_kexec.kernel, F_GETFD), -1);
}

/* Whatever may be a policy is answered by a plain load, once, unless an option forbids that. */
static void test_refusal(void **state)
{
	struct test_system *system = *state;
	static const struct {
		int error;
		bool is_policy;
	} cases[] = {
		{EPERM, true},	 {EACCES, true},	 {EKEYREJECTED, true}, {ENODATA, true},
		{ENOKEY, true},	 {ELIBBAD, true},	 {ENOMEM, false},      {EBUSY, false},
		{EINVAL, false}, {EADDRNOTAVAIL, false},
	};
	bool refused;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		for (int needed = 0; needed < 2; needed++) {
			const bool retried = cases[i].is_policy && !needed;

			fake_kexec.error = cases[i].error;
			fake_kexec.file_loads = 0;
			assert_int_equal(submit(system, needed, &refused),
					 retried ? 0 : -cases[i].error);
			assert_int_equal(refused, retried);
			assert_int_equal(fake_kexec.file_loads, 1);
			test_log_expect(&system->log, retried ? "loading it plainly, so that "
								"nothing verifies this kernel"
							      : "cannot load: ");
		}
	}
}

/* /proc/kallsyms and /proc/kcore of a kernel whose crash kernel is entered at @start. */
static void write_kernel_memory(const struct test_system *system, uint64_t start)
{
	struct {
		Elf64_Ehdr header;
		Elf64_Phdr segment;
		uint64_t data[5];
	} core = {
		.header = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
				       EV_CURRENT},
			   .e_type = ET_CORE,
			   .e_machine = EM_AARCH64,
			   .e_version = EV_CURRENT,
			   .e_phoff = sizeof(Elf64_Ehdr),
			   .e_ehsize = sizeof(Elf64_Ehdr),
			   .e_phentsize = sizeof(Elf64_Phdr),
			   .e_phnum = 1},
		.segment = {.p_type = PT_LOAD,
			    .p_offset = sizeof(Elf64_Ehdr) + sizeof(Elf64_Phdr),
			    .p_vaddr = POINTER,
			    .p_filesz = sizeof(core.data),
			    .p_memsz = sizeof(core.data)},
		.data = {POINTER + 8, 0, 0, 0, start},
	};

	test_sysroot_write(system->directory, "/proc/kcore", &core, sizeof(core));
	test_sysroot_write_text(system->directory, "/proc/kallsyms",
				"ffff800081240000 B kexec_crash_image\n");
}

/* A crash kernel that would not verify does not stay. */
static void test_place(void **state)
{
	struct test_system *system = *state;
	bool refused;

	write_kernel_memory(system, BASE);
	assert_int_equal(submit(system, false, &refused), 0);
	assert_false(refused);
	test_log_expect_nothing(&system->log);
	assert_int_equal(fake_kexec.file_loads, 1);

	write_kernel_memory(system, BASE + 0x200000);
	assert_int_equal(submit(system, false, &refused), 0);
	assert_true(refused);
	test_log_expect(&system->log, "puts crash kernels at 0x80000000, and not at 0x7fe00000");
	assert_int_equal(fake_kexec.file_loads, 3);
	assert_int_equal(fake_kexec.flags, KEXEC_FILE_UNLOAD | KEXEC_FILE_ON_CRASH);

	assert_int_equal(submit(system, true, &refused), -EADDRNOTAVAIL);
	assert_false(refused);
	test_log_expect(&system->log, "puts crash kernels at 0x80000000");
	assert_int_equal(fake_kexec.file_loads, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_call, set_up, test_system_tear_down),
		cmocka_unit_test_setup_teardown(test_refusal, set_up, test_system_tear_down),
		cmocka_unit_test_setup_teardown(test_place, set_up, test_system_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
