/* SPDX-License-Identifier: GPL-2.0-only */
/* Reading the device tree, and editing it for the next kernel. */
#include "support.h"

#include <errno.h>
#include <libfdt.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "devicetree/devicetree.h"
#include "plan/fdt_edit.h"
#include "plan/fdt_prepare.h"

#define FDT "/sys/firmware/fdt"

static const struct arch arch_test = {.name = "test", .dtb_size_max = 4096};

struct fixture {
	struct test_system system;
	struct devicetree tree;
	struct devicetree next;
};

static int set_up(void **state)
{
	return test_system_set_up(state, sizeof(struct fixture));
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	devicetree_free(&fixture->tree);
	devicetree_free(&fixture->next);
	return test_system_tear_down(state);
}

/* A tree of the size of its buffer with /memory@40000000 and, with @chosen, an empty /chosen. */
static void *make_tree(bool chosen)
{
	void *fdt = calloc(1, 2048);
	int memory;

	assert_non_null(fdt);
	assert_int_equal(fdt_create_empty_tree(fdt, 2048), 0);
	memory = fdt_add_subnode(fdt, 0, "memory@40000000");
	assert_true(memory > 0);
	assert_int_equal(fdt_setprop_string(fdt, memory, "device_type", "memory"), 0);
	assert_int_equal(fdt_setprop_u64(fdt, memory, "reg", 0x4000000010000000), 0);
	if (chosen)
		assert_true(fdt_add_subnode(fdt, 0, "chosen") > 0);
	return fdt;
}

static int read_running(struct fixture *fixture)
{
	return devicetree_read_running(&fixture->tree, &fixture->system.sysroot,
				       &fixture->system.log.log);
}

static void test_read_running(void **state)
{
	struct fixture *fixture = *state;
	void *fdt = make_tree(true);

	test_sysroot_write(fixture->system.directory, FDT, fdt, fdt_totalsize(fdt));
	assert_int_equal(read_running(fixture), 0);
	assert_int_equal(fixture->tree.size, fdt_totalsize(fdt));
	assert_memory_equal(fixture->tree.fdt, fdt, fdt_totalsize(fdt));
	test_log_expect_nothing(&fixture->system.log);
	free(fdt);
}

static void test_malformed(void **state)
{
	struct fixture *fixture = *state;
	char *path, garbage[512];
	uint32_t *fdt = make_tree(true);
	const struct {
		const void *data;
		size_t size;
		const char *message;
	} cases[] = {
		{"", 0, "is empty"},
		{"hello", 5, "it does not begin like one; name a .dtb file"},
		{"\xd0\x0d\xfe", 3, "it does not begin like one"},
		{"\xd0\x0d\xfe\xed", 4, "it ends too early; get the file again"},
		{garbage, sizeof(garbage), "it does not begin like one; name a .dtb file"},
		{fdt, 39, "it ends too early"},
		{fdt, fdt_totalsize(fdt) - 1, "it ends too early"},
	};
	size_t i;

	memset(garbage, 0xa5, sizeof(garbage));
	assert_true(asprintf(&path, "%s%s", fixture->system.directory, FDT) > 0);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		test_sysroot_write(fixture->system.directory, FDT, cases[i].data, cases[i].size);
		assert_int_equal(read_running(fixture), -EINVAL);
		test_log_expect(&fixture->system.log, cases[i].message);
		assert_null(fixture->tree.fdt);
		assert_int_equal(
			devicetree_read_file(&fixture->tree, path, &fixture->system.log.log),
			-EINVAL);
		test_log_expect(&fixture->system.log, cases[i].message);
		assert_null(fixture->tree.fdt);
	}
	/* A sound header with a structure block that is not: the first tag. */
	fdt[fdt_off_dt_struct(fdt) / 4] = cpu_to_fdt32(FDT_PROP);
	test_sysroot_write(fixture->system.directory, FDT, fdt, fdt_totalsize(fdt));
	assert_int_equal(read_running(fixture), -EINVAL);
	test_log_expect(&fixture->system.log, "FDT_ERR_BADSTRUCTURE");
	free(path);
	free(fdt);
}

static void test_file_errors(void **state)
{
	struct fixture *fixture = *state;
	char *fifo;

	assert_int_equal(devicetree_read_file(&fixture->tree, "/nonexistent/x.dtb",
					      &fixture->system.log.log),
			 -ENOENT);
	test_log_expect(&fixture->system.log, "/nonexistent/x.dtb: No such file");
	assert_int_equal(devicetree_read_file(&fixture->tree, fixture->system.directory,
					      &fixture->system.log.log),
			 -EISDIR);
	test_log_expect(&fixture->system.log, "is a directory; name a file in it");
	assert_int_equal(
		devicetree_read_file(&fixture->tree, "/dev/zero", &fixture->system.log.log),
		-EFBIG);
	test_log_expect(&fixture->system.log, "/dev/zero: File too large");

	/* Nobody will ever write to it. */
	assert_true(asprintf(&fifo, "%s/fifo", fixture->system.directory) > 0);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	alarm(60);
	assert_int_equal(devicetree_read_file(&fixture->tree, fifo, &fixture->system.log.log),
			 -ESPIPE);
	test_log_expect(&fixture->system.log, "/fifo is neither a regular file nor a device; copy");
	assert_null(fixture->tree.fdt);
	alarm(0);
	free(fifo);
}

static void test_no_tree(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(read_running(fixture), -ENOENT);
	assert_null(fixture->tree.fdt);
	test_log_expect_nothing(&fixture->system.log);
}

static void write_property(const struct fixture *fixture, const char *path, const void *data,
			   size_t size)
{
	char *full;

	assert_true(asprintf(&full, "/proc/device-tree/%s", path) > 0);
	test_sysroot_write(fixture->system.directory, full, data, size);
	free(full);
}

static void expect_property(const void *fdt, const char *path, const char *name, const void *value,
			    int size)
{
	int length, node = fdt_path_offset(fdt, path);
	const void *property = fdt_getprop(fdt, node, name, &length);

	assert_non_null(property);
	assert_int_equal(length, size);
	assert_memory_equal(property, value, (size_t)size);
}

static void test_flatten(void **state)
{
	struct fixture *fixture = *state;
	static const char large[(1 << 20) + 1] = {1, 2, 3};
	struct devicetree again;

	write_property(fixture, "name", "", 1);
	write_property(fixture, "model", "machine", 8);
	write_property(fixture, "dma-coherent", "", 0);
	write_property(fixture, "soc/uart@9000000/name", "uart", 5);
	write_property(fixture, "soc/uart@9000000/reg", "\0\0\0\1", 4);
	write_property(fixture, "soc/compatible", "simple-bus", 11);
	write_property(fixture, "soc/blob", large, sizeof(large));
	write_property(fixture, "chosen/bootargs", "quiet", 6);
	assert_int_equal(read_running(fixture), 0);
	assert_int_equal(fdt_check_full(fixture->tree.fdt, fixture->tree.size), 0);
	expect_property(fixture->tree.fdt, "/", "model", "machine", 8);
	expect_property(fixture->tree.fdt, "/", "dma-coherent", "", 0);
	expect_property(fixture->tree.fdt, "/soc", "blob", large, sizeof(large));
	expect_property(fixture->tree.fdt, "/soc/uart@9000000", "reg", "\0\0\0\1", 4);
	expect_property(fixture->tree.fdt, "/chosen", "bootargs", "quiet", 6);
	assert_null(fdt_getprop(fixture->tree.fdt, 0, "name", NULL));
	assert_string_equal(
		fdt_get_name(fixture->tree.fdt, fdt_first_subnode(fixture->tree.fdt, 0), NULL),
		"chosen");

	assert_int_equal(
		devicetree_read_running(&again, &fixture->system.sysroot, &fixture->system.log.log),
		0);
	assert_int_equal(again.size, fixture->tree.size);
	assert_memory_equal(again.fdt, fixture->tree.fdt, again.size);
	devicetree_free(&again);
	test_log_expect_nothing(&fixture->system.log);
}

/* Everything deep enough is refused rather than followed. */
static void test_flatten_too_deep(void **state)
{
	struct fixture *fixture = *state;
	char path[300] = "";
	size_t i;

	for (i = 0; i < 70; i++)
		strcat(path, "a/");
	strcat(path, "reg");
	write_property(fixture, path, "", 0);
	assert_int_equal(read_running(fixture), -ELOOP);
	test_log_expect(&fixture->system.log, "cannot flatten");
	assert_null(fixture->tree.fdt);
}

/* On a real machine /proc/device-tree is a link into /sys, by an absolute path. */
static void test_flatten_behind_link(void **state)
{
	struct fixture *fixture = *state;

	test_sysroot_write(fixture->system.directory, "/sys/firmware/devicetree/base/model", "it",
			   3);
	test_sysroot_write(fixture->system.directory,
			   "/sys/firmware/devicetree/base/cpus/cpu@0/reg", "\0\0\0\0", 4);
	test_sysroot_link(fixture->system.directory, "/proc/device-tree",
			  "/sys/firmware/devicetree/base");
	assert_int_equal(read_running(fixture), 0);
	expect_property(fixture->tree.fdt, "/", "model", "it", 3);
	expect_property(fixture->tree.fdt, "/cpus/cpu@0", "reg", "\0\0\0\0", 4);
	test_log_expect_nothing(&fixture->system.log);
}

/* Both steps, as a load does them, on a system that has no tree of its own. */
static int edit(struct fixture *fixture, const struct fdt_edit *change)
{
	const struct devicetree none = {0};
	const struct fdt_prepare request = {.source = change->source, .running = &none};
	struct devicetree prepared;
	int error;

	devicetree_free(&fixture->next);
	error = fdt_prepare_for_next(&prepared, &fixture->tree, &request, &fixture->system.log.log);
	if (error)
		return error;
	error = fdt_edit_for_next(&fixture->next, &prepared, change, &arch_test,
				  &fixture->system.log.log);
	devicetree_free(&prepared);
	return error;
}

static void use_tree(struct fixture *fixture, void *fdt)
{
	devicetree_free(&fixture->tree);
	fixture->tree.fdt = fdt;
	fixture->tree.size = fdt_totalsize(fdt);
}

static int chosen_of(const void *fdt)
{
	int chosen = fdt_path_offset(fdt, "/chosen");

	assert_true(chosen > 0);
	return chosen;
}

static void test_edit_adds(void **state)
{
	struct fixture *fixture = *state;
	const struct range initrd = {0x123456000, 0x1234567ab};
	const struct fdt_edit change = {.command_line = "console=ttyS0 root=/dev/vda",
					.initrd = &initrd,
					.source = "x.dtb"};
	int length;

	use_tree(fixture, make_tree(false));
	assert_int_equal(edit(fixture, &change), 0);
	assert_int_equal(fdt_check_full(fixture->next.fdt, fixture->next.size), 0);
	expect_property(fixture->next.fdt, "/chosen", "bootargs", "console=ttyS0 root=/dev/vda",
			28);
	expect_property(fixture->next.fdt, "/chosen", "linux,initrd-start",
			"\0\0\0\1\x23\x45\x60\0", 8);
	expect_property(fixture->next.fdt, "/chosen", "linux,initrd-end",
			"\0\0\0\1\x23\x45\x67\xab", 8);
	assert_non_null(
		fdt_getprop(fixture->next.fdt, chosen_of(fixture->next.fdt), "rng-seed", &length));
	assert_int_equal(length, 32);
	/* Firmware need not have given one. */
	assert_non_null(fdt_getprop(fixture->next.fdt, chosen_of(fixture->next.fdt), "kaslr-seed",
				    &length));
	assert_int_equal(length, 8);
	assert_true(fdt_totalsize(fixture->next.fdt) < 1024);
	test_log_expect_nothing(&fixture->system.log);
}

/* All that the last boot left behind, and a reservation that is not the initrd's. */
static void *make_used_tree(void)
{
	static const char *const stale[] = {"linux,elfcorehdr", "linux,usable-memory-range",
					    "linux,ima-kexec-buffer", "linux,kho-fdt",
					    "linux,kho-scratch"};
	static const uint64_t elfcorehdr = 0x6f00000000000498, buffer = 0x6e00000000002000;
	void *fdt = make_tree(true);
	int memory = fdt_path_offset(fdt, "/memory@40000000");
	size_t i;

	assert_int_equal(fdt_setprop_u64(fdt, memory, "linux,usable-memory", 1), 0);
	assert_int_equal(fdt_setprop_string(fdt, chosen_of(fdt), "bootargs", "old"), 0);
	assert_int_equal(fdt_setprop_string(fdt, chosen_of(fdt), "stdout-path", "/uart"), 0);
	assert_int_equal(fdt_setprop_u32(fdt, chosen_of(fdt), "linux,initrd-start", 0x48001000), 0);
	assert_int_equal(fdt_setprop_u32(fdt, chosen_of(fdt), "linux,initrd-end", 0x480fabcd), 0);
	assert_int_equal(fdt_setprop_u64(fdt, chosen_of(fdt), "kaslr-seed", 0), 0);
	for (i = 0; i < ARRAY_SIZE(stale); i++)
		assert_int_equal(fdt_setprop_u64(fdt, chosen_of(fdt), stale[i], 1), 0);
	assert_int_equal(fdt_setprop_u64(fdt, chosen_of(fdt), "linux,elfcorehdr", elfcorehdr), 0);
	assert_int_equal(fdt_setprop_u64(fdt, chosen_of(fdt), "linux,ima-kexec-buffer", buffer), 0);
	assert_int_equal(fdt_add_mem_rsv(fdt, 0x6f000000, 0x498), 0);
	assert_int_equal(fdt_add_mem_rsv(fdt, 0x6e000000, 0x2000), 0);
	assert_int_equal(fdt_add_mem_rsv(fdt, 0x41000000, 0x10000), 0);
	assert_int_equal(fdt_add_mem_rsv(fdt, 0x48001000, 0xfa000), 0);
	assert_int_equal(fdt_add_mem_rsv(fdt, 0x48000000, 0x1000000), 0);
	return fdt;
}

static void test_edit_removes(void **state)
{
	struct fixture *fixture = *state;
	static const char *const gone[] = {"linux,initrd-start",     "linux,initrd-end",
					   "linux,elfcorehdr",	     "linux,usable-memory-range",
					   "linux,ima-kexec-buffer", "linux,kho-fdt",
					   "linux,kho-scratch"};
	const struct fdt_edit change = {.source = "x.dtb"};
	uint64_t address, size;
	const void *fdt;
	size_t i;

	use_tree(fixture, make_used_tree());
	assert_int_equal(edit(fixture, &change), 0);
	fdt = fixture->next.fdt;
	for (i = 0; i < ARRAY_SIZE(gone); i++)
		assert_null(fdt_getprop(fdt, chosen_of(fdt), gone[i], NULL));
	assert_null(fdt_getprop(fdt, fdt_path_offset(fdt, "/memory@40000000"),
				"linux,usable-memory", NULL));
	expect_property(fdt, "/chosen", "bootargs", "old", 4);
	expect_property(fdt, "/chosen", "stdout-path", "/uart", 6);

	/* Those of initrd, buffer and header are gone; one elsewhere and one that holds more
	 * remain. */
	assert_int_equal(fdt_num_mem_rsv(fdt), 2);
	assert_int_equal(fdt_get_mem_rsv(fdt, 0, &address, &size), 0);
	assert_int_equal(address, 0x41000000);
	assert_int_equal(fdt_get_mem_rsv(fdt, 1, &address, &size), 0);
	assert_int_equal(address, 0x48000000);
	assert_int_equal(size, 0x1000000);
}

static void test_edit_leaves_source(void **state)
{
	struct fixture *fixture = *state;
	const struct fdt_edit change = {.command_line = "new", .source = "x.dtb"};
	void *before = make_used_tree();

	use_tree(fixture, make_used_tree());
	assert_int_equal(edit(fixture, &change), 0);
	assert_memory_equal(fixture->tree.fdt, before, fixture->tree.size);
	expect_property(fixture->next.fdt, "/chosen", "bootargs", "new", 4);
	free(before);
}

static void copy_seed(const void *fdt, const char *name, uint8_t *seed, int size)
{
	int length;
	const void *property = fdt_getprop(fdt, chosen_of(fdt), name, &length);

	assert_non_null(property);
	assert_int_equal(length, size);
	memcpy(seed, property, (size_t)size);
}

static void test_edit_seeds_are_fresh(void **state)
{
	struct fixture *fixture = *state;
	const struct fdt_edit change = {.source = "x.dtb"};
	uint8_t rng[2][32], kaslr[2][8];
	uint32_t size[2];
	int i;

	use_tree(fixture, make_used_tree());
	for (i = 0; i < 2; i++) {
		assert_int_equal(edit(fixture, &change), 0);
		copy_seed(fixture->next.fdt, "rng-seed", rng[i], sizeof(rng[i]));
		copy_seed(fixture->next.fdt, "kaslr-seed", kaslr[i], sizeof(kaslr[i]));
		size[i] = fdt_totalsize(fixture->next.fdt);
	}
	assert_memory_not_equal(rng[0], rng[1], sizeof(rng[0]));
	assert_memory_not_equal(kaslr[0], kaslr[1], sizeof(kaslr[0]));
	assert_int_equal(size[0], size[1]);

	/* The result as the next input, as in a chain of kernels, does not grow. */
	use_tree(fixture, fixture->next.fdt);
	fixture->next.fdt = NULL;
	assert_int_equal(edit(fixture, &change), 0);
	assert_int_equal(fdt_totalsize(fixture->next.fdt), size[0]);

	/* Nor if a kernel has put FDT_NOP over the seed that it took. */
	use_tree(fixture, fixture->next.fdt);
	fixture->next.fdt = NULL;
	assert_int_equal(
		fdt_nop_property(fixture->tree.fdt, chosen_of(fixture->tree.fdt), "rng-seed"), 0);
	assert_int_equal(edit(fixture, &change), 0);
	assert_int_equal(fdt_check_full(fixture->next.fdt, fixture->next.size), 0);
	copy_seed(fixture->next.fdt, "rng-seed", rng[0], sizeof(rng[0]));
	copy_seed(fixture->next.fdt, "kaslr-seed", kaslr[0], sizeof(kaslr[0]));
	assert_int_equal(fdt_totalsize(fixture->next.fdt), size[0]);
}

static void test_edit_refuses_no_memory(void **state)
{
	struct fixture *fixture = *state;
	const struct fdt_edit change = {.source = "x.dtb"};
	static const struct {
		const char *property;
		const char *value; /* NULL: the property is deleted */
		int size;
	} cases[] = {{"device_type", NULL, 0},
		     {"device_type", "cpu", 4},
		     {"device_type", "memory", 6},
		     {"reg", NULL, 0},
		     {"reg", "", 0},
		     {"reg", "\0\0\0\0\0\0\0\0", 8},
		     {"status", "disabled", 9}};
	void *fdt = NULL;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		int memory;

		fdt = make_tree(true);
		use_tree(fixture, fdt);
		memory = fdt_path_offset(fdt, "/memory@40000000");
		if (cases[i].value)
			fdt_setprop(fdt, memory, cases[i].property, cases[i].value, cases[i].size);
		else
			fdt_delprop(fdt, memory, cases[i].property);
		assert_int_equal(edit(fixture, &change), -EINVAL);
		test_log_expect(&fixture->system.log, "x.dtb has no memory node");
		assert_null(fixture->next.fdt);
	}
	/* EFI brings its own memory map. */
	assert_int_equal(fdt_setprop_u64(fdt, chosen_of(fdt), "linux,uefi-system-table", 1), 0);
	assert_int_equal(edit(fixture, &change), 0);
	test_log_expect_nothing(&fixture->system.log);
}

/* What a tree has behind its end is not loaded, nor does it count for the limit. */
static void test_edit_drops_padding(void **state)
{
	struct fixture *fixture = *state;
	const struct fdt_edit change = {.source = "x.dtb"};
	const int padded_size = 1 << 20;
	void *fdt = make_tree(true);
	void *padded = calloc(1, (size_t)padded_size);
	size_t size;

	assert_non_null(padded);
	assert_int_equal(fdt_open_into(fdt, padded, padded_size), 0);
	use_tree(fixture, fdt);
	assert_int_equal(edit(fixture, &change), 0);
	size = fixture->next.size;
	assert_int_equal(size, fdt_totalsize(fixture->next.fdt));
	use_tree(fixture, padded);
	assert_int_equal(edit(fixture, &change), 0);
	assert_int_equal(fixture->next.size, size);
	assert_int_equal(fdt_totalsize(fixture->next.fdt), size);
	assert_int_equal(fdt_check_full(fixture->next.fdt, size), 0);
}

/* Cells as drivers/of/fdt.c reads them, which are not those that libfdt puts together. */
struct cells {
	uint32_t address, size; /* numbers of cells in the root node */
};

static void set_cells(void *fdt, struct cells cells)
{
	const int memory = fdt_path_offset(fdt, "/memory@40000000");

	assert_int_equal(fdt_delprop(fdt, memory, "reg"), 0);
	assert_int_equal(fdt_setprop_u32(fdt, 0, "#address-cells", cells.address), 0);
	assert_int_equal(fdt_setprop_u32(fdt, 0, "#size-cells", cells.size), 0);
	assert_int_equal(fdt_appendprop_addrrange(fdt, 0, fdt_path_offset(fdt, "/memory@40000000"),
						  "reg", 0x40000000, 0x10000000),
			 0);
}

static const struct range elfcorehdr = {0x6f000000, 0x6f000498};
static const struct range two_regions[] = {{0x60000000, 0x70000000}, {0x50000000, 0x54000000}};

static void test_edit_for_crash(void **state)
{
	struct fixture *fixture = *state;
	static const struct {
		struct cells cells;
		size_t count;
		const char *elfcorehdr, *usable;
		int elfcorehdr_size, usable_size;
	} cases[] = {
		{{2, 2},
		 1,
		 "\0\0\0\0\x6f\0\0\0"
		 "\0\0\0\0\0\0\x04\x98",
		 "\0\0\0\0\x60\0\0\0"
		 "\0\0\0\0\x10\0\0\0",
		 16,
		 16},
		{{2, 2},
		 2,
		 "\0\0\0\0\x6f\0\0\0"
		 "\0\0\0\0\0\0\x04\x98",
		 "\0\0\0\0\x60\0\0\0"
		 "\0\0\0\0\x10\0\0\0"
		 "\0\0\0\0\x50\0\0\0"
		 "\0\0\0\0\x04\0\0\0",
		 16,
		 32},
		{{1, 1},
		 2,
		 "\x6f\0\0\0"
		 "\0\0\x04\x98",
		 "\x60\0\0\0"
		 "\x10\0\0\0"
		 "\x50\0\0\0"
		 "\x04\0\0\0",
		 8,
		 16},
		{{2, 1},
		 1,
		 "\0\0\0\0\x6f\0\0\0"
		 "\0\0\x04\x98",
		 "\0\0\0\0\x60\0\0\0"
		 "\x10\0\0\0",
		 12,
		 12},
		{{1, 2},
		 1,
		 "\x6f\0\0\0"
		 "\0\0\0\0\0\0\x04\x98",
		 "\x60\0\0\0"
		 "\0\0\0\0\x10\0\0\0",
		 12,
		 12},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct fdt_edit change = {
			.elfcorehdr = &elfcorehdr,
			.usable = two_regions,
			.usable_count = cases[i].count,
			.source = "x.dtb",
		};
		/* What the running kernel was told does not stay beside it. */
		void *fdt = make_used_tree();

		set_cells(fdt, cases[i].cells);
		use_tree(fixture, fdt);
		assert_int_equal(edit(fixture, &change), 0);
		expect_property(fixture->next.fdt, "/chosen", "linux,elfcorehdr",
				cases[i].elfcorehdr, cases[i].elfcorehdr_size);
		expect_property(fixture->next.fdt, "/chosen", "linux,usable-memory-range",
				cases[i].usable, cases[i].usable_size);
		assert_int_equal(fdt_check_full(fixture->next.fdt, fixture->next.size), 0);
	}
	test_log_expect_nothing(&fixture->system.log);
}

/* Addresses and sizes that the tree has no room for are not cut off. */
static void test_edit_refuses_few_cells(void **state)
{
	static const struct {
		struct cells cells;
		struct range elfcorehdr, usable;
	} cases[] = {
		{{1, 1}, {0x16f000000, 0x16f000498}, {0x60000000, 0x70000000}},
		{{1, 2}, {0x6f000000, 0x6f000498}, {0x160000000, 0x170000000}},
		{{2, 1}, {0x6f000000, 0x6f000498}, {0x60000000, 0x160000000}},
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct fdt_edit change = {
			.elfcorehdr = &cases[i].elfcorehdr,
			.usable = &cases[i].usable,
			.usable_count = 1,
			.source = "x.dtb",
		};
		void *fdt = make_tree(true);

		set_cells(fdt, cases[i].cells);
		use_tree(fixture, fdt);
		assert_int_equal(edit(fixture, &change), -EINVAL);
		test_log_expect(&fixture->system.log,
				"device tree x.dtb has too few #address-cells or #size-cells in "
				"its root node to name the crash kernel's memory: use one with 2");
		assert_null(fixture->next.fdt);
	}
}

static void test_edit_refuses_too_large(void **state)
{
	struct fixture *fixture = *state;
	struct fdt_edit change = {.source = "x.dtb"};
	char *line = malloc(5000);

	assert_non_null(line);
	memset(line, 'a', 4999);
	line[4999] = '\0';
	change.command_line = line;
	use_tree(fixture, make_tree(true));
	assert_int_equal(edit(fixture, &change), -EFBIG);
	test_log_expect(&fixture->system.log, "take at most 4096");
	assert_null(fixture->next.fdt);
	free(line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_read_running, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_malformed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_file_errors, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_no_tree, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_flatten, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_flatten_behind_link, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_flatten_too_deep, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_edit_adds, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_edit_removes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_edit_leaves_source, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_edit_seeds_are_fresh, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_edit_for_crash, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_edit_refuses_few_cells, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_edit_refuses_no_memory, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_edit_drops_padding, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_edit_refuses_too_large, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
