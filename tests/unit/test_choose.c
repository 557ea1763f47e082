/* SPDX-License-Identifier: GPL-2.0-only */
/* The choice of the system call, by options and by what the running kernel is. */
#include "support.h"

#include <errno.h>
#include <linux/kexec.h>
#include <string.h>

#include "fake_kexec.h"
#include "load/choose.h"
#include "machine/kexec_interface.h"

#define DISABLED "/proc/sys/kernel/kexec_load_disabled"
#define PANIC	 "/proc/sys/kernel/kexec_load_limit_panic"
#define LOCKDOWN "/sys/kernel/security/lockdown"

static int set_up(void **state)
{
	fake_kexec_reset();
	return test_system_set_up(state, sizeof(struct test_system));
}

/* What the options are where the command line names none. */
#define ALL_MEMORY .memory_bounds = {0, UINT64_MAX}
#define ANY_ENGINE .engine = PURGATORY_ENGINE_AUTO
#define DEFAULTS   ALL_MEMORY, ANY_ENGINE

/* A kernel as the table of cases has it. */
enum kernel {
	BOTH,
	LOAD_ONLY,
	FILE_ONLY,
	NEITHER,
	LOCKED,		  /* both, and lockdown=integrity */
	LOCKED_LOAD_ONLY, /* as Debian's */
	DISABLED_BOTH,
	LIMITED, /* kexec_load_limit_panic is used up */
};

static void make_kernel(struct test_system *system, enum kernel kernel)
{
	const bool locked = kernel == LOCKED || kernel == LOCKED_LOAD_ONLY;

	fake_kexec_reset();
	fake_kexec.has_load = kernel != FILE_ONLY && kernel != NEITHER;
	fake_kexec.has_file_load =
		kernel != LOAD_ONLY && kernel != NEITHER && kernel != LOCKED_LOAD_ONLY;
	test_sysroot_write_text(system->directory, KEXEC_LOADED_FILE, "0\n");
	test_sysroot_write_text(system->directory, KEXEC_CRASH_LOADED_FILE, "0\n");
	test_sysroot_write_text(system->directory, DISABLED,
				kernel == DISABLED_BOTH ? "1\n" : "0\n");
	test_sysroot_write_text(system->directory, PANIC, kernel == LIMITED ? "0\n" : "-1\n");
	test_sysroot_write_text(system->directory, LOCKDOWN,
				locked ? "none [integrity] confidentiality\n"
				       : "[none] integrity confidentiality\n");
}

#define LOAD	  KEXEC_CALL_LOAD
#define FILE_LOAD KEXEC_CALL_FILE_LOAD

static void test_choice(void **state)
{
	struct test_system *system = *state;
	static const struct {
		enum kernel kernel;
		enum call_option option;
		bool crash;
		int error;
		enum kexec_call call; /* without an error */
		const char *message;  /* NULL: nothing is said */
	} cases[] = {
		{BOTH, CALL_AUTO, false, 0, LOAD, NULL},
		{BOTH, CALL_LOAD, false, 0, LOAD, NULL},
		{BOTH, CALL_FILE_LOAD, false, 0, FILE_LOAD, NULL},
		{LOAD_ONLY, CALL_AUTO, false, 0, LOAD, NULL},
		{LOAD_ONLY, CALL_LOAD, true, 0, LOAD, NULL},
		{LOAD_ONLY, CALL_FILE_LOAD, false, -ENOSYS, 0, "boot one with CONFIG_KEXEC_FILE"},
		{FILE_ONLY, CALL_AUTO, false, 0, FILE_LOAD,
		 "warning: the running kernel has no kexec_load: loading with kexec_file_load "
		 "instead, so that nothing verifies this kernel before it is entered"},
		{FILE_ONLY, CALL_AUTO, true, 0, FILE_LOAD, NULL},
		{FILE_ONLY, CALL_LOAD, false, -ENOSYS, 0, "boot one with CONFIG_KEXEC"},
		{FILE_ONLY, CALL_FILE_LOAD, true, 0, FILE_LOAD, NULL},
		{NEITHER, CALL_AUTO, false, -ENOSYS, 0, "has no kexec_load: boot one"},
		{LOCKED, CALL_AUTO, false, 0, FILE_LOAD, "forbids kexec_load: loading with"},
		{LOCKED, CALL_LOAD, false, -EPERM, 0, "locked down"},
		{LOCKED, CALL_FILE_LOAD, false, 0, FILE_LOAD, NULL},
		{LOCKED_LOAD_ONLY, CALL_AUTO, false, -EPERM, 0, "boot it without lockdown"},
		{DISABLED_BOTH, CALL_AUTO, false, -EPERM, 0, "kexec_load_disabled forbids"},
		{DISABLED_BOTH, CALL_FILE_LOAD, false, -EPERM, 0, "kexec_load_disabled forbids"},
		{LIMITED, CALL_AUTO, false, 0, LOAD, NULL},
		{LIMITED, CALL_AUTO, true, -EPERM, 0, "kexec_load_limit_panic is used up"},
		{LIMITED, CALL_FILE_LOAD, true, -EPERM, 0, "kexec_load_limit_panic is used up"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct options options = {DEFAULTS, .call = cases[i].option,
						.crash = cases[i].crash};
		struct call_choice choice;

		make_kernel(system, cases[i].kernel);
		assert_int_equal(choose_call(&choice, &system->sysroot, &options, &arch_arm64,
					     &system->log.log),
				 cases[i].error);
		if (!cases[i].error) {
			const bool forbidden = !fake_kexec.has_load || cases[i].kernel == LOCKED;

			assert_int_equal(choice.call, cases[i].call);
			assert_false(choice.for_handover);
			assert_int_equal(choice.load_obstacle != NULL, forbidden);
		}
		if (cases[i].message)
			test_log_expect(&system->log, cases[i].message);
		else
			test_log_expect_nothing(&system->log);
		assert_int_equal(fake_kexec.loads + fake_kexec.file_loads, 0);
	}
}

/* Options that kexec_file_load(2) cannot honour. */
static void test_options(void **state)
{
	struct test_system *system = *state;
	static const struct {
		const char *name;
		struct options options;
	} cases[] = {
		{"--cpus", {DEFAULTS, .cpus = 2}},
		{"--dtb", {DEFAULTS, .dtb = "x"}},
		{"--mem-min", {ANY_ENGINE, .memory_bounds = {4096, UINT64_MAX}}},
		{"--mem-max", {ANY_ENGINE, .memory_bounds = {0, 4096}}},
		{"--mmu", {DEFAULTS, .mmu = MMU_OFF}},
		{"--mmu", {DEFAULTS, .mmu = MMU_ON}},
		{"--engine", {ALL_MEMORY, .engine = SHA256_GENERIC}},
		{"--on-mismatch", {DEFAULTS, .on_mismatch_given = true}},
		{"--serial", {DEFAULTS, .serial = "none"}},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct options options = cases[i].options;
		struct call_choice choice;

		make_kernel(system, BOTH);
		assert_int_equal(choose_call(&choice, &system->sysroot, &options, &arch_arm64,
					     &system->log.log),
				 0);
		assert_int_equal(choice.call, KEXEC_CALL_LOAD);
		test_log_expect_nothing(&system->log);

		options.call = CALL_FILE_LOAD;
		assert_int_equal(choose_call(&choice, &system->sysroot, &options, &arch_arm64,
					     &system->log.log),
				 -EINVAL);
		test_log_expect(&system->log, cases[i].name);

		make_kernel(system, FILE_ONLY);
		options.call = CALL_AUTO;
		assert_int_equal(choose_call(&choice, &system->sysroot, &options, &arch_arm64,
					     &system->log.log),
				 -ENOSYS);
		test_log_expect(&system->log, cases[i].name);

		make_kernel(system, LOCKED);
		assert_int_equal(choose_call(&choice, &system->sysroot, &options, &arch_arm64,
					     &system->log.log),
				 -EPERM);
		test_log_expect(&system->log, cases[i].name);
	}
}

#define UNVERIFIED "nothing verifies this kernel before it is entered, because "

/* Crash kernels are wrapped where nothing speaks against it; else one line says what does. */
static void test_wrap(void **state)
{
	struct test_system *system = *state;
	static const struct {
		enum kernel kernel;
		struct options options;
		const struct arch *arch;
		int error;
		bool wrapped, needed;
		const char *message; /* NULL: nothing is said */
	} cases[] = {
		{BOTH, {DEFAULTS, .call = CALL_FILE_LOAD}, &arch_arm64, 0, true, false, NULL},
		{FILE_ONLY, {DEFAULTS}, &arch_arm64, 0, true, false, NULL},
		{BOTH, {DEFAULTS}, &arch_arm64, 0, false, false, NULL}, /* kexec_load(2) */
		{BOTH,
		 {DEFAULTS, .call = CALL_FILE_LOAD, .dtb = "x"},
		 &arch_arm64,
		 0,
		 true,
		 true,
		 NULL},
		{BOTH,
		 {DEFAULTS, .call = CALL_FILE_LOAD, .mmu = MMU_OFF},
		 &arch_arm64,
		 0,
		 true,
		 true,
		 NULL},
		{BOTH,
		 {ALL_MEMORY, .call = CALL_FILE_LOAD, .engine = SHA256_GENERIC},
		 &arch_arm64,
		 0,
		 true,
		 true,
		 NULL},
		{FILE_ONLY, {DEFAULTS, .serial = "none"}, &arch_arm64, 0, true, true, NULL},
		{FILE_ONLY,
		 {DEFAULTS, .on_mismatch_given = true},
		 &arch_arm64,
		 0,
		 true,
		 true,
		 NULL},
		{NEITHER,
		 {DEFAULTS, .call = CALL_FILE_LOAD, .output = "x"},
		 &arch_arm64,
		 0,
		 true,
		 true,
		 NULL},
		/* The kernel places the whole. */
		{BOTH,
		 {ANY_ENGINE, .call = CALL_FILE_LOAD, .memory_bounds = {4096, UINT64_MAX}},
		 &arch_arm64,
		 -EINVAL,
		 false,
		 false,
		 "cannot honour --mem-min: leave out"},
		{BOTH,
		 {DEFAULTS, .call = CALL_FILE_LOAD, .no_checks = true},
		 &arch_arm64,
		 0,
		 false,
		 false,
		 UNVERIFIED "--no-checks asks for that\n"},
		{LOCKED,
		 {DEFAULTS, .call = CALL_FILE_LOAD},
		 &arch_arm64,
		 0,
		 false,
		 false,
		 UNVERIFIED "the running kernel is locked down"},
		{LOCKED,
		 {DEFAULTS},
		 &arch_arm64,
		 0,
		 false,
		 false,
		 "forbids kexec_load: loading with kexec_file_load instead, so that " UNVERIFIED
		 "the running kernel is locked down"},
		{LOCKED,
		 {DEFAULTS, .call = CALL_FILE_LOAD, .dtb = "x"},
		 &arch_arm64,
		 -EINVAL,
		 false,
		 false,
		 "cannot honour --dtb, because the running kernel is locked down"},
		{LOCKED,
		 {DEFAULTS, .call = CALL_FILE_LOAD, .output = "x"},
		 &arch_arm64,
		 -EINVAL,
		 false,
		 false,
		 "cannot honour --output, because the running kernel is locked down"},
		/* The kernel's own purgatory verifies, and what it does was said before. */
		{BOTH, {DEFAULTS, .call = CALL_FILE_LOAD}, &arch_riscv64, 0, false, false, NULL},
		{BOTH,
		 {DEFAULTS, .call = CALL_FILE_LOAD, .no_checks = true},
		 &arch_riscv64,
		 0,
		 false,
		 false,
		 NULL},
		{FILE_ONLY,
		 {DEFAULTS},
		 &arch_riscv64,
		 0,
		 false,
		 false,
		 "so that a kernel found damaged before it is entered hangs without a word\n"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct options options = cases[i].options;
		struct call_choice choice;

		options.crash = true;
		make_kernel(system, cases[i].kernel);
		assert_int_equal(choose_call(&choice, &system->sysroot, &options, cases[i].arch,
					     &system->log.log),
				 cases[i].error);
		if (!cases[i].error) {
			assert_int_equal(choice.wrapped, cases[i].wrapped);
			assert_int_equal(choice.wrap_needed, cases[i].needed);
			assert_int_equal(call_choice_has_purgatory(&choice),
					 choice.wrapped || choice.call == KEXEC_CALL_LOAD);
		}
		if (cases[i].message)
			test_log_expect(&system->log, cases[i].message);
		else
			test_log_expect_nothing(&system->log);
		assert_int_equal(fake_kexec.loads + fake_kexec.file_loads, 0);
	}
}

/* After a refusal the kernel's file is loaded plainly, by the same call. */
static void test_unwrap(void **state)
{
	struct call_choice choice = {.call = KEXEC_CALL_FILE_LOAD, .wrapped = true};

	(void)state;
	choose_call_note_refusal(&choice);
	assert_int_equal(choice.call, KEXEC_CALL_FILE_LOAD);
	assert_false(choice.wrapped);
	assert_null(choice.load_obstacle);
}

/* A plan asks nothing of this kernel, and is one for kexec_load(2). */
static void test_output(void **state)
{
	struct test_system *system = *state;
	struct options options = {DEFAULTS, .output = "x"};
	struct call_choice choice;

	make_kernel(system, NEITHER);
	assert_int_equal(
		choose_call(&choice, &system->sysroot, &options, &arch_riscv64, &system->log.log),
		0);
	assert_int_equal(choice.call, KEXEC_CALL_LOAD);
	assert_int_equal(fake_kexec.probes, 0);
	options.call = CALL_FILE_LOAD;
	assert_int_equal(
		choose_call(&choice, &system->sysroot, &options, &arch_riscv64, &system->log.log),
		-EINVAL);
	test_log_expect(&system->log, "--output");
}

/* What is lost depends on what the kernel brings itself. */
static void test_loss(void **state)
{
	struct test_system *system = *state;
	const struct options options = {DEFAULTS};
	struct call_choice choice;

	make_kernel(system, FILE_ONLY);
	assert_int_equal(
		choose_call(&choice, &system->sysroot, &options, &arch_riscv64, &system->log.log),
		0);
	test_log_expect(&system->log, arch_riscv64.file_load_loss);
}

#define NOTHING_VERIFIES "so that nothing verifies this kernel before it is entered"
#define HANGS		 "so that a kernel found damaged before it is entered hangs"
#define IS_LOST		 "kexec handover is on, and what it preserved will be lost"

/* Only kexec_file_load(2) passes on what was preserved. */
static void test_handover(void **state)
{
	struct test_system *system = *state;
	static const struct {
		enum kernel kernel;
		struct options options;
		enum kexec_call call;
		const char *message;
	} cases[] = {
		{BOTH, {DEFAULTS}, FILE_LOAD, "which alone keeps what it preserved, " HANGS},
		{BOTH, {DEFAULTS, .call = CALL_LOAD}, LOAD, IS_LOST " with --kexec-syscall"},
		{BOTH, {DEFAULTS, .call = CALL_FILE_LOAD}, FILE_LOAD, NULL},
		{BOTH,
		 {DEFAULTS, .dtb = "x"},
		 LOAD,
		 IS_LOST ", because kexec_file_load cannot "
			 "honour --dtb"},
		{BOTH, {DEFAULTS, .crash = true}, LOAD, NULL},
		{BOTH, {DEFAULTS, .output = "x"}, LOAD, NULL},
		{LOAD_ONLY,
		 {DEFAULTS},
		 LOAD,
		 IS_LOST ", because the running kernel has no "
			 "kexec_file_load"},
		{FILE_ONLY, {DEFAULTS}, FILE_LOAD, "has no kexec_load: loading with"},
	};

	test_sysroot_write_text(system->directory, "/proc/cmdline", "quiet kho=on\n");
	test_sysroot_write_text(system->directory, "/proc/sys/kernel/osrelease", "7.2.13\n");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct call_choice choice;

		make_kernel(system, cases[i].kernel);
		assert_int_equal(choose_call(&choice, &system->sysroot, &cases[i].options,
					     &arch_riscv64, &system->log.log),
				 0);
		assert_int_equal(choice.call, cases[i].call);
		assert_int_equal(choice.for_handover, i == 0);
		if (cases[i].message)
			test_log_expect(&system->log, cases[i].message);
		else
			test_log_expect_nothing(&system->log);
	}
}

#define DEBUGFS_KHO "/sys/kernel/debug/kho/out/scratch_len"

/* How handover shows, and what it does to the kernel's own check. */
static void test_handover_signs(void **state)
{
	struct test_system *system = *state;
	static const struct {
		const char *command_line;
		const char *sign; /* a file that there is; NULL: none */
		const struct arch *arch;
		const char *release;
		const char *message; /* NULL: handover is not on */
	} cases[] = {
		{"kho=1\n", NULL, &arch_riscv64, "7.2.13\n", HANGS},
		{"kho=on\n", NULL, &arch_riscv64, "7.3.4+deb14-riscv64\n", NOTHING_VERIFIES},
		{"kho=off\n", "/dev/liveupdate", &arch_riscv64, "7.3.4\n", NOTHING_VERIFIES},
		{"kho=y\n", NULL, &arch_arm64, "6.17.0\n", NOTHING_VERIFIES},
		{"kho=off\n", NULL, &arch_arm64, "7.3.4\n", NULL},
		{"kho\n", NULL, &arch_arm64, "7.3.4\n", NULL},
		{"quiet\n", NULL, &arch_arm64, "7.3.4\n", NULL},
		/* by the kernel's configuration; older kernels have no such thing */
		{"quiet\n", DEBUGFS_KHO, &arch_arm64, "6.16.0\n", NOTHING_VERIFIES},
		{"quiet\n", DEBUGFS_KHO, &arch_riscv64, "7.2.13\n", HANGS},
		{"quiet\n", DEBUGFS_KHO, &arch_arm64, "6.12.117\n", NULL},
	};
	const struct options options = {DEFAULTS};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct call_choice choice;

		make_kernel(system, BOTH);
		test_sysroot_write_text(system->directory, "/proc/cmdline", cases[i].command_line);
		test_sysroot_write_text(system->directory, "/proc/sys/kernel/osrelease",
					cases[i].release);
		if (cases[i].sign)
			test_sysroot_write_text(system->directory, cases[i].sign, "");
		assert_int_equal(choose_call(&choice, &system->sysroot, &options, cases[i].arch,
					     &system->log.log),
				 0);
		assert_int_equal(choice.call, cases[i].message ? FILE_LOAD : LOAD);
		if (cases[i].message)
			test_log_expect(&system->log, cases[i].message);
		else
			test_log_expect_nothing(&system->log);
		if (cases[i].sign)
			test_sysroot_remove(system->directory, cases[i].sign);
	}
}

/* A kernel may refuse kexec_load(2), and that alone, when it is called. */
static void test_refusal(void **state)
{
	struct test_system *system = *state;
	static const struct {
		enum kernel kernel;
		int error;
		struct options options;
		bool goes_on;
	} cases[] = {
		{BOTH, -EACCES, {DEFAULTS}, true},
		{BOTH, -EPERM, {DEFAULTS}, true},
		{BOTH, -EACCES, {DEFAULTS, .crash = true}, true},
		{BOTH, -EACCES, {DEFAULTS, .call = CALL_LOAD}, false},
		{BOTH, -EACCES, {DEFAULTS, .serial = "none"}, false},
		{BOTH, -ENOMEM, {DEFAULTS}, false},
		{BOTH, -EBUSY, {DEFAULTS}, false},
		{LOAD_ONLY, -EACCES, {DEFAULTS}, false},
		/* the refused attempt was the last one */
		{LIMITED, -EACCES, {DEFAULTS, .crash = true}, false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		make_kernel(system, cases[i].kernel);
		assert_int_equal(choose_call_after_refusal(cases[i].error, &system->sysroot,
							   &cases[i].options, &arch_arm64,
							   &system->log.log),
				 cases[i].goes_on);
		if (cases[i].goes_on)
			test_log_expect(&system->log, "forbids kexec_load: loading with "
						      "kexec_file_load instead, " NOTHING_VERIFIES);
		else
			test_log_expect_nothing(&system->log);
	}
}

#define FORBIDS "the kernel's integrity policy (IMA) or a security module forbids kexec_load"
#define CHANGE	"change that policy"

/* What is advised after that is possible. */
static void test_advice(void **state)
{
	struct test_system *system = *state;
	static const struct {
		enum kernel kernel;
		int error;
		struct options options;
		const char *advice;
	} cases[] = {
		{BOTH, -EACCES, {DEFAULTS, .call = CALL_LOAD}, ": load with --kexec-file-syscall"},
		{BOTH,
		 -EACCES,
		 {DEFAULTS, .serial = "none"},
		 ", and kexec_file_load cannot honour --serial: leave it out, or " CHANGE},
		{LOAD_ONLY,
		 -EACCES,
		 {DEFAULTS},
		 ", and the running kernel has no kexec_file_load: " CHANGE ", or boot one with "
		 "CONFIG_KEXEC_FILE"},
		{LIMITED,
		 -EACCES,
		 {DEFAULTS, .crash = true},
		 ", and kernel.kexec_load_limit_panic is used up: no crash kernel can be loaded "
		 "until the next reboot"},
		{BOTH, -EPERM, {DEFAULTS, .call = CALL_LOAD}, ""},
		{LOAD_ONLY, -ENOMEM, {DEFAULTS}, ""},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char advice[CHOOSE_ADVICE_SIZE];

		make_kernel(system, cases[i].kernel);
		choose_call_advise(advice, &system->sysroot, &cases[i].options, cases[i].error);
		assert_string_equal(advice, cases[i].advice);
	}
}

#define ON_CRASH_FILE (KEXEC_FILE_UNLOAD | KEXEC_FILE_ON_CRASH)

static void test_unload(void **state)
{
	struct test_system *system = *state;
	static const struct {
		enum kernel kernel;
		struct options options;
		int load_error; /* errno of kexec_load(2) */
		int error;
		unsigned int loads, file_loads;
		unsigned long flags;
		const char *message;
	} cases[] = {
		{BOTH, {.crash = false}, 0, 0, 1, 0, 0, NULL},
		{BOTH, {.crash = true}, 0, 0, 1, 0, KEXEC_ON_CRASH, NULL},
		{BOTH, {.call = CALL_LOAD}, 0, 0, 1, 0, 0, NULL},
		{FILE_ONLY, {.crash = false}, 0, 0, 0, 1, KEXEC_FILE_UNLOAD, NULL},
		{FILE_ONLY, {.crash = true}, 0, 0, 0, 1, ON_CRASH_FILE, NULL},
		{LOCKED, {.crash = true}, 0, 0, 0, 1, ON_CRASH_FILE, NULL},
		{LOCKED_LOAD_ONLY, {.crash = false}, 0, -EPERM, 0, 0, 0, "locked down"},
		{LIMITED, {.crash = false}, 0, 0, 1, 0, 0, NULL},
		{LIMITED, {.crash = true}, 0, -EPERM, 0, 0, 0, "kexec_load_limit_panic is used up"},
		{DISABLED_BOTH,
		 {.crash = false},
		 0,
		 -EPERM,
		 0,
		 0,
		 0,
		 "kexec_load_disabled forbids"},
		/* -s */
		{BOTH, {.call = CALL_FILE_LOAD}, 0, 0, 0, 1, KEXEC_FILE_UNLOAD, NULL},
		{LOAD_ONLY, {.call = CALL_FILE_LOAD}, 0, 0, 1, 0, 0, NULL},
		{LOAD_ONLY,
		 {.call = CALL_FILE_LOAD, .crash = true},
		 0,
		 0,
		 1,
		 0,
		 KEXEC_ON_CRASH,
		 NULL},
		/* a policy forbids kexec_load(2) whatever it is to do */
		{BOTH, {.crash = false}, EACCES, 0, 1, 1, KEXEC_FILE_UNLOAD, NULL},
		{BOTH, {.crash = true}, EPERM, 0, 1, 1, ON_CRASH_FILE, NULL},
		{BOTH, {.crash = false}, EBUSY, -EBUSY, 1, 0, 0, "cannot unload: another load"},
		{LOAD_ONLY,
		 {.crash = false},
		 EACCES,
		 -EACCES,
		 1,
		 0,
		 0,
		 FORBIDS ", and the running kernel has no kexec_file_load: " CHANGE ", or boot one "
			 "with CONFIG_KEXEC_FILE\n"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		make_kernel(system, cases[i].kernel);
		fake_kexec.load_error = cases[i].load_error;
		assert_int_equal(
			choose_call_unload(&system->sysroot, &cases[i].options, &system->log.log),
			cases[i].error);
		assert_int_equal(fake_kexec.loads, cases[i].loads);
		assert_int_equal(fake_kexec.file_loads, cases[i].file_loads);
		if (!cases[i].error)
			assert_int_equal(fake_kexec.flags, cases[i].flags);
		if (cases[i].message)
			test_log_expect(&system->log, cases[i].message);
		else
			test_log_expect_nothing(&system->log);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_choice, set_up, test_system_tear_down),
		cmocka_unit_test_setup_teardown(test_options, set_up, test_system_tear_down),
		cmocka_unit_test_setup_teardown(test_wrap, set_up, test_system_tear_down),
		cmocka_unit_test(test_unwrap),
		cmocka_unit_test_setup_teardown(test_output, set_up, test_system_tear_down),
		cmocka_unit_test_setup_teardown(test_loss, set_up, test_system_tear_down),
		cmocka_unit_test_setup_teardown(test_handover, set_up, test_system_tear_down),
		cmocka_unit_test_setup_teardown(test_handover_signs, set_up, test_system_tear_down),
		cmocka_unit_test_setup_teardown(test_refusal, set_up, test_system_tear_down),
		cmocka_unit_test_setup_teardown(test_advice, set_up, test_system_tear_down),
		cmocka_unit_test_setup_teardown(test_unload, set_up, test_system_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
