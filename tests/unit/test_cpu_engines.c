/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which engines of SHA-256 all CPUs have the instructions for, as /proc/cpuinfo, the device tree
 * and the kernel itself describe them.
 */
#include "support.h"

#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "machine/cpu_engines.h"
#include "machine/cpu_extensions.h"
#include "machine/running_engine.h"

/* Sets of engines beside the portable one. */
#define SET(engine) (UINT32_C(1) << (engine))
#define GENERIC	    0
#define ZBB	    SET(SHA256_RISCV64_ZBB)
#define ZKNH	    SET(SHA256_RISCV64_ZKNH)
#define RVV	    SET(SHA256_RISCV64_RVV)
#define ZVKNH	    (SET(SHA256_RISCV64_ZVKNH) | SET(SHA256_RISCV64_ZVKNH_X2))
#define SHA2	    SET(SHA256_ARM64_SHA2)

/* Extensions as arm64 names them. */
static const struct arch_engine other_engines[] = {
	{SHA256_ARM64_SHA2, {"asimd", "sha2"}},
	{.engine = SHA256_GENERIC},
};
static const struct arch other_arch = {
	.engines = other_engines,
	.cpuinfo_extensions = "Features",
};

/* A property of a CPU's node: a list of strings, of which "|" stands for the ends. */
static void add_property(void *fdt, int node, const char *name, const char *list)
{
	char value[128];
	const size_t size = strlen(list) + 1;

	assert_in_range(size, 1, sizeof(value));
	for (size_t i = 0; i < size; i++)
		value[i] = (char)(list[i] == '|' ? '\0' : list[i]);
	assert_int_equal(fdt_setprop(fdt, node, name, value, (int)size), 0);
}

/* Two CPUs; NULL: without the property. */
struct tree_case {
	const char *isa[2], *extensions[2], *status;
};

static void make_tree(struct devicetree *tree, const struct tree_case *values)
{
	static const char *const names[2] = {"cpu@0", "cpu@1"};
	int cpus;

	tree->size = 4096;
	tree->fdt = malloc(tree->size);
	assert_non_null(tree->fdt);
	assert_int_equal(fdt_create_empty_tree(tree->fdt, (int)tree->size), 0);
	cpus = fdt_add_subnode(tree->fdt, 0, "cpus");
	/* Nodes are added at the front. */
	for (int i = 1; i >= 0; i--) {
		const int cpu = fdt_add_subnode(tree->fdt, cpus, names[i]);

		add_property(tree->fdt, cpu, "device_type", "cpu");
		if (values->isa[i])
			add_property(tree->fdt, cpu, "riscv,isa", values->isa[i]);
		if (values->extensions[i])
			add_property(tree->fdt, cpu, "riscv,isa-extensions", values->extensions[i]);
		if (values->status && i == 1)
			add_property(tree->fdt, cpu, "status", values->status);
	}
}

static void read_case(struct cpu_engines *available, const struct arch *arch, const char *cpuinfo,
		      const struct tree_case *values)
{
	struct devicetree tree = {0};
	char *directory = test_directory_make();
	const struct sysroot sysroot = {.directory = directory};
	struct cpu cpu;

	if (cpuinfo)
		test_sysroot_write_text(directory, "/proc/cpuinfo", cpuinfo);
	if (values)
		make_tree(&tree, values);
	cpu_read(&cpu, &tree, &sysroot);
	memset(available, 0xff, sizeof(*available));
	cpu_engines_read(available, arch, &cpu, &tree, &sysroot);
	devicetree_free(&tree);
	test_directory_remove(directory);
}

static void expect(const struct arch *arch, const char *cpuinfo, const struct tree_case *values,
		   uint32_t expected)
{
	struct cpu_engines available;

	read_case(&available, arch, cpuinfo, values);
	expected |= SET(SHA256_GENERIC);
	if (available.engines != expected)
		fail_msg("engines 0x%x, not 0x%x, of %s", available.engines, expected,
			 cpuinfo		 ? cpuinfo
			 : values->extensions[0] ? values->extensions[0]
						 : values->isa[0]);
	assert_true(available.known);
}

static void test_nothing(void **state)
{
	static const struct tree_case empty = {.status = "okay"};
	struct cpu_engines available;

	(void)state;
	read_case(&available, &arch_riscv64, NULL, NULL);
	assert_int_equal(available.engines, SET(SHA256_GENERIC));
	assert_false(available.known);
	/* Another architecture's field. */
	read_case(&available, &arch_riscv64, "Features\t: zbb v\n\n", &empty);
	assert_int_equal(available.engines, SET(SHA256_GENERIC));
	assert_false(available.known);
}

static void test_cpuinfo(void **state)
{
	static const struct {
		const char *isa;
		uint32_t expected;
	} cases[] = {
		{"rv64imafdc", GENERIC},
		{"rv64imafdc_zicsr_zbb_zbs", ZBB},
		{"rv64imafdc_zbb_zknh", ZBB | ZKNH},
		/* Zknh's engine swaps bytes with Zbb. */
		{"rv64imafdc_zknh", GENERIC},
		{"rv64imafdcv_zbb", ZBB | RVV},
		{"rv64imafdcv_zvkb_zvknha", ZVKNH},
		{"rv64imafdcv_zvbb_zvknhb", ZVKNH},
		{"rv64imafdcv_zvknha", GENERIC},
		{"rv64imafdc_zvkb_zvknha", GENERIC},
		{"rv64imafdcv_zbb_zknh_zvkn", ZBB | ZKNH | RVV | ZVKNH},
		{"rv64imafdcv_zbc_zkn_zvkng_b", ZBB | ZKNH | RVV | ZVKNH},
		{"RV64IMAFDCV_ZBB", ZBB | RVV},
		/* "v" inside of names and parts of vectors are not all of V. */
		{"rv64imafdc_zve64x_svinval_sv_zbb", ZBB},
		{"rv64imafdcsvinval_zbb", ZBB},
		{"rv64imafdc_zbb_xtheadvector", ZBB},
		{"rv64imafdc_zbbx_zb_xzbb", GENERIC},
		{"", GENERIC},
	};
	char text[128];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		snprintf(text, sizeof(text), "processor\t: 0\nisa\t\t: %s\nmmu\t\t: sv39\n\n",
			 cases[i].isa);
		expect(&arch_riscv64, text, NULL, cases[i].expected);
	}
}

/* What one CPU lacks, or what only "hart isa" says, purgatory must not use. */
static void test_many_cpus(void **state)
{
	static const char first[] = "isa : rv64imafdc\n\nisa : rv64imafdcv_zbb\n\n";
	static const char last[] = "isa : rv64imafdcv_zbb\n\nisa : rv64imafdc_zbb\n\n";
	static const char hart[] = "isa : rv64imafdc_zbb\nhart isa : rv64imafdcv_zbb\n\n";

	(void)state;
	expect(&arch_riscv64, first, NULL, GENERIC);
	expect(&arch_riscv64, last, NULL, ZBB);
	expect(&arch_riscv64, hart, NULL, ZBB);
}

static void test_devicetree(void **state)
{
	static const struct {
		const char *cpuinfo;
		struct tree_case tree;
		uint32_t expected;
	} cases[] = {
		{NULL, {.isa = {"rv64imafdcv_zbb", "rv64imafdcv_zbb"}}, ZBB | RVV},
		{NULL, {.isa = {"rv64imafdcv_zbb", "rv64imafdc_zbb"}}, ZBB},
		{NULL, {.isa = {"rv64imafdcv_zbb", "rv64imafdc"}, .status = "disabled"}, ZBB | RVV},
		{NULL, {.extensions = {"i|m|a|v|zbb|zknh", "i|v|zbb|zknh"}}, ZBB | ZKNH | RVV},
		{NULL, {.extensions = {"i|zbb", "i|zbb|v"}}, ZBB},
		/* The newer property says more. */
		{NULL, {.isa = {"rv64gc", "rv64gc"}, .extensions = {"i|zbb", "i|zbb"}}, ZBB},
		/* The kernel knows better than what it was told. */
		{"isa : rv64gc_zbb\n\n", {.extensions = {"i|v|zbb", "i|v|zbb"}}, ZBB},
		{"mmu : sv39\n\n", {.extensions = {"i|v|zbb", "i|v|zbb"}}, ZBB | RVV},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		expect(&arch_riscv64, cases[i].cpuinfo, &cases[i].tree, cases[i].expected);
}

/* The vectors of the first C9xx are others. */
static void test_thead(void **state)
{
	static const char old[] = "isa : rv64imafdcv_zbb\nmvendorid : 0x5b7\nmarchid : 0x0\n\n";
	static const char new[] =
		"isa : rv64imafdcv_zbb\nmvendorid : 0x5b7\nmarchid : 0x8d143000\n\n";

	(void)state;
	expect(&arch_riscv64, old, NULL, ZBB);
	expect(&arch_riscv64, new, NULL, ZBB | RVV);
}

static void test_features(void **state)
{
	(void)state;
	expect(&other_arch, "Features\t: fp asimd evtstrm aes sha1 sha2\n\n", NULL, SHA2);
	expect(&other_arch, "Features\t: fp asimd sha1 sha256 sha22\n\n", NULL, GENERIC);
	expect(&other_arch, "Features\t: sha2 asimd\n\nFeatures\t: asimd\n\n", NULL, GENERIC);
}

/* Where the kernel itself can be asked, that decides; what this process may use is among it. */
static void test_running(void **state)
{
	const struct sysroot sysroot = {.directory = ""};
	const struct devicetree tree = {0};
	const struct cpu cpu = {0};
	char list[RUNNING_EXTENSIONS_SIZE];
	struct cpu_engines available;
	uint32_t expected;

	(void)state;
	if (running_extensions(list, &arch_riscv64))
		skip();
	expected = cpu_extensions_find_engines(arch_riscv64.engines, list, strlen(list));
	cpu_engines_read(&available, &arch_riscv64, &cpu, &tree, &sysroot);
	assert_true(available.known);
	assert_int_equal(available.engines, expected);
	assert_int_equal(running_engines() & ~expected, 0);
	assert_int_not_equal(running_extensions(list, &arch_arm64), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing),	  cmocka_unit_test(test_cpuinfo),
		cmocka_unit_test(test_many_cpus), cmocka_unit_test(test_devicetree),
		cmocka_unit_test(test_thead),	  cmocka_unit_test(test_features),
		cmocka_unit_test(test_running),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
