/* SPDX-License-Identifier: GPL-2.0-only */
/* Files that kexec_file_load(2) cannot take: what is said, and when the other call takes them. */
#include "support.h"

#include <errno.h>
#include <string.h>

#include "load/phases.h"

static const struct kexec_obstacle locked_down = {-EPERM, "lockdown forbids kexec_load",
						  "boot it without lockdown"};

static const char elf[] = "\177ELF\2\1\1";
static const char image[64] = "MZ";

#define ELF   (const uint8_t *)elf, sizeof(elf)
#define IMAGE (const uint8_t *)image, sizeof(image)

/* What does not fit, and with which words it is refused. */
static const struct {
	struct image_bytes kernel, tree;
	const char *reason, *instead; /* NULL: it fits */
} cases[] = {
	{{ELF},
	 {NULL, 0},
	 "/k: is a vmlinux, which kexec_file_load does not take on arm64",
	 "an Image"},
	{{ELF},
	 {IMAGE},
	 "/k: is a vmlinux, which kexec_file_load does not take on arm64",
	 "an Image"},
	{{IMAGE},
	 {IMAGE},
	 "/k: brings a device tree, which kexec_file_load cannot hand on",
	 "a kernel without one"},
	{{IMAGE}, {NULL, 0}, NULL, NULL},
};

static struct load_input make_input(size_t index)
{
	return (struct load_input){
		.image = {.kernel = cases[index].kernel, .devicetree = cases[index].tree}};
}

static struct load_context make_context(const struct test_log *log, const struct options *options)
{
	return (struct load_context){.request = options,
				     .log = &log->log,
				     .arch = &arch_arm64,
				     .choice = {.call = KEXEC_CALL_FILE_LOAD}};
}

/* The other call is advised where it is possible. */
static void test_refusal(void **state)
{
	const struct options options = {.kernel = "/k"};
	struct test_log log;

	(void)state;
	test_log_open(&log);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct load_input input = make_input(i);
		struct load_context context = make_context(&log, &options);
		char message[256];

		for (int forbidden = 0; forbidden < 2; forbidden++) {
			context.choice.load_obstacle = forbidden ? &locked_down : NULL;
			assert_int_equal(submit_files_check_format(&input, &context),
					 cases[i].reason ? -ENOEXEC : 0);
			if (!cases[i].reason) {
				test_log_expect_nothing(&log);
				continue;
			}
			snprintf(message, sizeof(message), "%s%s: use %s, or %s\n", cases[i].reason,
				 forbidden ? ", and lockdown forbids kexec_load" : "",
				 cases[i].instead,
				 forbidden ? "boot it without lockdown"
					   : "load it with --kexec-syscall");
			test_log_expect(&log, message);
		}
	}
	test_log_close(&log);
}

/* What only handover speaks for gives way to a file that the other call takes. */
static void test_give_up(void **state)
{
	const struct options options = {.kernel = "/k"};
	struct test_log log;

	(void)state;
	test_log_open(&log);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct load_input input = make_input(i);
		struct load_context context = make_context(&log, &options);
		char message[256];

		assert_false(submit_files_give_up(&input, &context));
		test_log_expect_nothing(&log);
		context.choice.for_handover = true;
		assert_int_equal(submit_files_give_up(&input, &context), cases[i].reason != NULL);
		if (!cases[i].reason) {
			test_log_expect_nothing(&log);
			continue;
		}
		snprintf(message, sizeof(message),
			 "%s: loading with kexec_load after all, and what kexec handover preserved "
			 "will be lost; use %s to keep it\n",
			 cases[i].reason, cases[i].instead);
		test_log_expect(&log, message);
	}
	test_log_close(&log);
}

/* After the kernel has refused kexec_load(2) it is not advised. */
static void test_after_refusal(void **state)
{
	const struct options options = {.kernel = "/k"};
	const struct load_input input = make_input(0);
	struct test_log log;
	struct load_context context;

	(void)state;
	test_log_open(&log);
	context = make_context(&log, &options);
	context.choice.call = KEXEC_CALL_LOAD;
	choose_call_note_refusal(&context.choice);
	assert_int_equal(context.choice.call, KEXEC_CALL_FILE_LOAD);
	assert_int_equal(submit_files_check_format(&input, &context), -ENOEXEC);
	test_log_expect(&log, "and the kernel's integrity policy (IMA) or a security module "
			      "forbids kexec_load: use an Image, or change that policy\n");
	test_log_close(&log);
}

/* Where the kernel puts what it loads may be read-only at the jump. */
static void test_read_only_places(void **state)
{
	struct test_system *system = *state;
	static const struct {
		const char *release, *command_line;
		bool crash, forbidden;
		const char *remedy; /* NULL: nothing is said */
	} kernels[] = {
		{"6.12.73\n", "quiet\n", false, false, "7.0): load with --kexec-syscall, which"},
		{"6.12.73\n", "quiet\n", false, true, "7.0): run a newer one, or reboot instead\n"},
		{"6.12.78\n", "quiet\n", false, false, NULL},
		{"6.12.73\n", "quiet\n", true, false, NULL},
		/* kexec handover, which has places of its own */
		{"6.18.2\n", "kho=on\n", false, false, NULL},
	};

	for (size_t i = 0; i < ARRAY_SIZE(kernels); i++) {
		const struct options options = {.kernel = "/k", .crash = kernels[i].crash};
		const struct load_input input = {.machine = {.sysroot = system->sysroot}};
		struct load_context context = make_context(&system->log, &options);

		test_sysroot_write_text(system->directory, "/proc/sys/kernel/osrelease",
					kernels[i].release);
		test_sysroot_write_text(system->directory, "/proc/cmdline",
					kernels[i].command_line);
		context.choice.load_obstacle = kernels[i].forbidden ? &locked_down : NULL;
		assert_int_equal(running_check_file_places(&input, &context), 0);
		if (kernels[i].remedy)
			test_log_expect(&system->log, kernels[i].remedy);
		else
			test_log_expect_nothing(&system->log);
	}
}

static int set_up(void **state)
{
	return test_system_set_up(state, sizeof(struct test_system));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refusal),
		cmocka_unit_test(test_give_up),
		cmocka_unit_test(test_after_refusal),
		cmocka_unit_test_setup_teardown(test_read_only_places, set_up,
						test_system_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
