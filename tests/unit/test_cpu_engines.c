/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which engines of SHA-256 all CPUs have the instructions for, as /proc/cpuinfo, the device tree
 * and the kernel itself describe them.
 */
#include "support.h"

#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "digest/cpu_engines.h"
#include "digest/cpu_extensions.h"
#include "digest/running_engine.h"

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
	{.engine = SHA256_ARM64_SHA2, .extensions = {"asimd", "sha2"}},
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

/* Two CPUs, harts 0 and 1; NULL: without the property. */
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
		assert_int_equal(fdt_setprop_u32(tree->fdt, cpu, "reg", (uint32_t)i), 0);
		if (values->isa[i])
			add_property(tree->fdt, cpu, "riscv,isa", values->isa[i]);
		if (values->extensions[i])
			add_property(tree->fdt, cpu, "riscv,isa-extensions", values->extensions[i]);
		if (values->status && i == 1)
			add_property(tree->fdt, cpu, "status", values->status);
	}
}

/* A machine; NULL: it does not say. */
struct machine_case {
	const char *release, *cpuinfo;
	const struct tree_case *tree;
};

static void read_case(struct cpu_engines *available, const struct arch *arch,
		      const struct machine_case *machine)
{
	struct devicetree tree = {0};
	char *directory = test_directory_make();
	const struct sysroot sysroot = {.directory = directory};
	struct cpu cpu;

	if (machine->release)
		test_sysroot_write_text(directory, "/proc/sys/kernel/osrelease", machine->release);
	if (machine->cpuinfo)
		test_sysroot_write_text(directory, "/proc/cpuinfo", machine->cpuinfo);
	if (machine->tree)
		make_tree(&tree, machine->tree);
	cpu_read(&cpu, &tree, &sysroot);
	memset(available, 0xff, sizeof(*available));
	cpu_engines_read(available, arch, &cpu, &tree, &sysroot);
	devicetree_free(&tree);
	test_directory_remove(directory);
}

/* What all CPUs have beside the portable engine. Nothing of it is missing. */
static void expect(const struct arch *arch, const char *cpuinfo, const struct tree_case *tree,
		   uint32_t expected)
{
	const struct machine_case machine = {.cpuinfo = cpuinfo, .tree = tree};
	struct cpu_engines available;

	read_case(&available, arch, &machine);
	expected |= SET(SHA256_GENERIC);
	if (available.engines != expected)
		fail_msg("engines 0x%x, not 0x%x, of %s", available.engines, expected,
			 cpuinfo	       ? cpuinfo
			 : tree->extensions[0] ? tree->extensions[0]
					       : tree->isa[0]);
	assert_int_equal(available.engines & available.missing, 0);
}

/* Lines of one CPU. */
#define CPU(hart, isa) "processor\t: 0\nhart\t\t: " #hart "\n" isa "mmu\t\t: sv39\n\n"
#define ISA(list)      "isa\t\t: " list "\n"

static void test_nothing(void **state)
{
	static const struct tree_case empty = {.status = "okay"};
	static const struct machine_case machines[] = {
		{.release = "6.12.0\n"},
		/* Another architecture's field. */
		{"6.12.0\n", "processor\t: 0\nFeatures\t: zbb v\n\n", &empty},
		{"6.12.0\n", CPU(0, ""), &empty},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		struct cpu_engines available;

		read_case(&available, &arch_riscv64, &machines[i]);
		assert_int_equal(available.engines, SET(SHA256_GENERIC));
		assert_int_equal(available.missing, 0);
	}
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
		{"rv64imafdc\tv\tzbb\r", ZBB | RVV},
		{"rv64imafdcv_zbb\r", ZBB | RVV},
		{"rv64im\xe9v_zbb", ZBB | RVV},
		{"rv64im_zbb\xff", GENERIC},
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

/* What one CPU lacks or does not tell, or what only "hart isa" says, purgatory must not use. */
static void test_many_cpus(void **state)
{
	(void)state;
	expect(&arch_riscv64, CPU(0, ISA("rv64imafdc")) CPU(1, ISA("rv64imafdcv_zbb")), NULL,
	       GENERIC);
	expect(&arch_riscv64, CPU(0, ISA("rv64imafdcv_zbb")) CPU(1, ISA("rv64imafdc_zbb")), NULL,
	       ZBB);
	expect(&arch_riscv64, CPU(0, ISA("rv64imafdcv_zbb")) CPU(1, ""), NULL, GENERIC);
	expect(&arch_riscv64, CPU(0, ISA("rv64imafdc_zbb") "hart " ISA("rv64imafdcv_zbb")), NULL,
	       ZBB);
}

static void test_devicetree(void **state)
{
	static const struct {
		struct tree_case tree;
		uint32_t expected;
	} cases[] = {
		{{.isa = {"rv64imafdcv_zbb", "rv64imafdcv_zbb"}}, ZBB | RVV},
		{{.isa = {"rv64imafdcv_zbb", "rv64imafdc_zbb"}}, ZBB},
		{{.isa = {"rv64imafdcv_zbb", NULL}}, GENERIC},
		{{.isa = {"rv64imafdcv_zbb", "rv64imafdc"}, .status = "disabled"}, ZBB | RVV},
		{{.extensions = {"i|m|a|v|zbb|zknh", "i|v|zbb|zknh"}}, ZBB | ZKNH | RVV},
		{{.extensions = {"i|zbb", "i|zbb|v"}}, ZBB},
		/* The newer property says more. */
		{{.isa = {"rv64gc", "rv64gc"}, .extensions = {"i|zbb", "i|zbb"}}, ZBB},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		expect(&arch_riscv64, NULL, &cases[i].tree, cases[i].expected);
}

/* Each CPU has what any of its sources says; one that is not online has only its node. */
static void test_many_sources(void **state)
{
	static const struct {
		const char *cpuinfo;
		struct tree_case tree;
		uint32_t expected;
	} cases[] = {
		/* Linux 6.1 knows nothing of Zbb. */
		{CPU(0, ISA("rv64gc")) CPU(1, ISA("rv64gc")),
		 {.isa = {"rv64gc_zbb", "rv64gc_zbb"}},
		 ZBB},
		{CPU(1, ISA("rv64gc")) CPU(0, ISA("rv64gc_zbb")),
		 {.isa = {"rv64gc", "rv64gc_zbb"}},
		 ZBB},
		{CPU(0, ISA("rv64gc")) CPU(1, ISA("rv64gc_zbb")),
		 {.isa = {"rv64gc", "rv64gc_zbb"}},
		 GENERIC},
		{CPU(0, ISA("rv64gc_zbb")), {.isa = {"rv64gc", "rv64gc_zbb"}}, ZBB},
		{CPU(0, ISA("rv64gc_zbb")), {.isa = {"rv64gc", "rv64gc"}}, GENERIC},
		{CPU(0, ISA("rv64gc_zbb")), {.isa = {"rv64gc", NULL}}, GENERIC},
		{CPU(0, ISA("rv64gc_zbb")), {.isa = {"rv64gc", "rv64gc"}, .status = "fail"}, ZBB},
		/* Nothing is said of any CPU, and so nothing of the second one. */
		{CPU(0, ISA("rv64gc_zbb")), {.status = "okay"}, ZBB},
		/* Half of what an engine needs is said here, half there. */
		{CPU(0, ISA("rv64gcv")), {.isa = {"rv64gc_zbb", "rv64gcv_zbb"}}, ZBB | RVV},
		{CPU(0, ""), {.extensions = {"i|v|zbb", "i|v|zbb"}}, ZBB | RVV},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		expect(&arch_riscv64, cases[i].cpuinfo, &cases[i].tree, cases[i].expected);
}

/* What is missing has to be said by somebody who would know. */
static void test_missing(void **state)
{
	static const char zbb[] = CPU(0, ISA("rv64gc_zbb"));
	static const struct tree_case isa = {.isa = {"rv64gc_zbb", "rv64gc"}, .status = "disabled"};
	static const struct tree_case list = {.extensions = {"i|zbb", "i|zbb|zknh"}};
	static const struct tree_case more = {.extensions = {"i|zbb|zknh", "i|zbb|zknh"}};
	static const struct {
		struct machine_case machine;
		uint32_t missing;
	} cases[] = {
		{{"6.1.0\n", zbb, NULL}, 0},
		{{"6.7.12-rc1\n", zbb, &isa}, 0},
		{{NULL, zbb, &isa}, 0},
		{{"6.8.0-1-riscv64\n", zbb, NULL}, ZKNH | RVV | ZVKNH},
		{{"7.0.0\n", zbb, &isa}, ZKNH | RVV | ZVKNH},
		{{"6.8.0\n", CPU(0, ""), &isa}, 0},
		{{"6.1.0\n", zbb, &list}, ZKNH | RVV | ZVKNH},
		{{"6.8.0\n", zbb, &more}, RVV | ZVKNH},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct cpu_engines available;

		read_case(&available, &arch_riscv64, &cases[i].machine);
		assert_int_equal(available.missing & (ZBB | ZKNH | RVV | ZVKNH), cases[i].missing);
		assert_int_equal(available.engines & available.missing, 0);
	}
}

/* The vectors of the first C9xx are others. */
static void test_thead(void **state)
{
	static const char old[] =
		CPU(0, ISA("rv64imafdcv_zbb") "mvendorid : 0x5b7\nmarchid : 0x0\n");
	static const char new[] =
		CPU(0, ISA("rv64imafdcv_zbb") "mvendorid : 0x5b7\nmarchid : 0x8d143000\n");
	const struct machine_case machine = {.cpuinfo = old};
	struct cpu_engines available;

	(void)state;
	expect(&arch_riscv64, old, NULL, ZBB);
	expect(&arch_riscv64, new, NULL, ZBB | RVV);
	read_case(&available, &arch_riscv64, &machine);
	assert_int_equal(available.missing, RVV | ZVKNH);
}

static void test_features(void **state)
{
	static const struct machine_case without = {
		.cpuinfo = "processor\t: 0\nFeatures\t: asimd\n\n"};
	struct cpu_engines available;

	(void)state;
	expect(&other_arch, "processor\t: 0\nFeatures\t: fp asimd evtstrm aes sha1 sha2\n\n", NULL,
	       SHA2);
	expect(&other_arch, "processor\t: 0\nFeatures\t: fp asimd sha1 sha256 sha22\n\n", NULL,
	       GENERIC);
	expect(&other_arch,
	       "processor\t: 0\nFeatures\t: sha2 asimd\n\nprocessor\t: 1\nFeatures\t: asimd\n\n",
	       NULL, GENERIC);
	/* What follows the last CPU is none. */
	expect(&other_arch, "processor\t: 0\nFeatures\t: sha2 asimd\n\nHardware\t: board\n\n", NULL,
	       SHA2);
	read_case(&available, &other_arch, &without);
	assert_true(available.missing & SHA2);
}

/* What the kernel itself says of this machine is among what its CPUs have. */
static void test_running(void **state)
{
	const struct sysroot sysroot = {.directory = ""};
	const struct devicetree tree = {0};
	const struct cpu cpu = {0};
	char list[RUNNING_EXTENSIONS_SIZE];
	struct cpu_engines available;
	uint32_t expected;

	(void)state;
	if (running_engine_list_extensions(list, &arch_riscv64))
		skip();
	expected = cpu_extensions_find_engines(
		arch_riscv64.engines, &(struct cpu_extensions){.text = list, .size = strlen(list)},
		1);
	cpu_engines_read(&available, &arch_riscv64, &cpu, &tree, &sysroot);
	assert_int_equal(expected & ~available.engines, 0);
	assert_int_equal(running_engines() & ~expected, 0);
	assert_int_not_equal(running_engine_list_extensions(list, &arch_arm64), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing),	     cmocka_unit_test(test_cpuinfo),
		cmocka_unit_test(test_many_cpus),    cmocka_unit_test(test_devicetree),
		cmocka_unit_test(test_many_sources), cmocka_unit_test(test_missing),
		cmocka_unit_test(test_thead),	     cmocka_unit_test(test_features),
		cmocka_unit_test(test_running),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
