/* SPDX-License-Identifier: GPL-2.0-only */
/* Reading what to boot, where kexec_load(2) takes what kexec_file_load(2) cannot. */
#include "support.h"

#include <libfdt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "image_builder.h"
#include "load/phases.h"

/* A kernel with a device tree behind it, which is worth a warning; its path. */
static char *make_kernel(const char *directory)
{
	static _Alignas(8) uint8_t file[KERNEL_SIZE + 512];
	void *tree = file + KERNEL_SIZE;

	put_kernel(file, &arch_arm64);
	assert_int_equal(fdt_create_empty_tree(tree, 512), 0);
	assert_int_equal(fdt_setprop_string(tree, 0, "model", "x"), 0);
	assert_int_equal(fdt_pack(tree), 0);
	return test_file_write(directory, "kernel", file, KERNEL_SIZE + fdt_totalsize(tree));
}

static char *find_captured(const char *name)
{
	const char *captured = getenv("CAPTURED");
	char *path;

	if (!captured)
		fail_msg("CAPTURED does not name the directory of tests/captured/build.sh");
	assert_true(asprintf(&path, "%s/%s", captured, name) > 0);
	if (access(path, F_OK))
		test_skip("no captured machines: install dtc and acpixtract");
	return path;
}

static int read_all(struct load_input *input, const struct load_context *context)
{
	return read_begin_hashing(input, context)
		       ?: read_machine(input, context)
		       ?: read_engine(input, context)
		       ?: read_initrd(input, context)
		       ?: read_image(input, context);
}

/* The files stay, nothing is said of them again, and what only this call needs is there. */
static void test_for_segments(void **state)
{
	struct test_system *system = *state;
	char *captured = find_captured("arm64-dt");
	char *kernel = make_kernel(system->directory);
	char *initrd = test_file_write(system->directory, "initrd", kernel, strlen(kernel));
	const struct options options = {
		.sysroot = captured,
		.kernel = kernel,
		.initrds = {initrd},
		.initrd_count = 1,
		.engine = PURGATORY_ENGINE_AUTO,
	};
	struct load_context context = {
		.request = &options,
		.log = &system->log.log,
		.arch = &arch_arm64,
		.choice = {.call = KEXEC_CALL_FILE_LOAD, .for_handover = true},
	};
	struct load_input input = {.hash = NULL};
	const uint8_t *file;

	assert_int_equal(read_all(&input, &context), 0);
	test_log_expect(&system->log, "the device tree appended to the kernel is ignored");
	assert_null(input.hash);
	assert_int_equal(input.machine.console.type, PURGATORY_CONSOLE_NONE);
	file = input.image.file.data;

	assert_int_equal(read_for_segments(&input, &context), 0);
	test_log_expect_nothing(&system->log);
	assert_int_equal(context.choice.call, KEXEC_CALL_LOAD);
	assert_false(context.choice.for_handover);
	assert_non_null(input.hash);
	assert_int_equal(input.machine.console.type, PURGATORY_CONSOLE_UART);
	assert_ptr_equal(input.image.file.data, file);
	assert_int_equal(input.initrd_file.size, strlen(kernel));

	chunk_hash_close(input.hash);
	file_bytes_free(&input.initrd_file);
	image_close(&input.image);
	machine_free(&input.machine);
	free(initrd);
	free(kernel);
	free(captured);
}

static int set_up(void **state)
{
	return test_system_set_up(state, sizeof(struct test_system));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_for_segments, set_up, test_system_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
