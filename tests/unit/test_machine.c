/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whole machines: the captured ones, in the directory that the environment variable CAPTURED
 * names, and small made-up ones for what captures do not show.
 */
#include "support.h"

#include <elf.h>
#include <errno.h>
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "digest/cpu_engines.h"
#include "firmware/firmware.h"
#include "machine/machine.h"

static const struct arch_engine engines_arm[] = {
	{.engine = SHA256_ARM64_SHA2, .extensions = {"sha2"}},
	{.engine = SHA256_GENERIC},
};
static const struct arch_engine engines_riscv[] = {
	{.engine = SHA256_RISCV64_ZKNH, .extensions = {"zknh", "zbb"}},
	{.engine = SHA256_RISCV64_ZBB, .extensions = {"zbb"}},
	{.engine = SHA256_GENERIC},
};
static const struct arch arch_arm = {.name = "arm64",
				     .elf_machine = EM_AARCH64,
				     .linear_map_start = "NUMBER(PHYS_OFFSET)",
				     .cpuinfo_extensions = "Features",
				     .engines = engines_arm,
				     .default_console = PURGATORY_CONSOLE_NONE,
				     .default_reset = PURGATORY_RESET_NONE};
static const struct arch arch_riscv = {.name = "riscv64",
				       .elf_machine = EM_RISCV,
				       .linear_map_base = "NUMBER(PAGE_OFFSET)",
				       .linear_map_start = "NUMBER(phys_ram_base)",
				       .cpuinfo_extensions = "isa",
				       .engines = engines_riscv,
				       .default_console = PURGATORY_CONSOLE_SBI,
				       .default_reset = PURGATORY_RESET_SBI};

struct fixture {
	struct test_system system;
	struct machine machine;
};

static int set_up(void **state)
{
	return test_system_set_up(state, sizeof(struct fixture));
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	machine_free(&fixture->machine);
	return test_system_tear_down(state);
}

/* The captured machines are all there if any is; without the tools that make them there are none.
 */
static void skip_without(const char *captured)
{
	char *stamp;
	int missing;

	assert_true(asprintf(&stamp, "%s/stamp", captured) > 0);
	missing = access(stamp, F_OK);
	free(stamp);
	if (missing)
		test_skip("no captured machines: install dtc and acpixtract");
}

static int read_captured(struct fixture *fixture, const char *name, const struct arch *arch,
			 const char *serial)
{
	const char *captured = getenv("CAPTURED");
	char *path;
	int error;

	if (!captured)
		fail_msg("CAPTURED does not name the directory of tests/captured/build.sh");
	skip_without(captured);
	assert_true(asprintf(&path, "%s/%s", captured, name) > 0);
	machine_free(&fixture->machine);
	error = machine_read(&fixture->machine, arch, path, serial, &fixture->system.log.log);
	/* The machine keeps the pointer; nothing here reads files afterwards. */
	fixture->machine.sysroot.directory = NULL;
	free(path);
	return error;
}

static void expect_console(const struct fixture *fixture, enum purgatory_console type,
			   uint64_t address)
{
	assert_int_equal(fixture->machine.console.type, type);
	assert_int_equal(fixture->machine.console.address, address);
}

/* What was read of the captured machine @name tells, with its files, which engines its CPUs have.
 */
static void expect_engines(const struct fixture *fixture, const char *name, const struct arch *arch,
			   uint32_t engines)
{
	const struct machine *machine = &fixture->machine;
	struct cpu_engines available;
	struct sysroot sysroot;
	char *path;

	assert_true(asprintf(&path, "%s/%s", getenv("CAPTURED"), name) > 0);
	sysroot.directory = path;
	cpu_engines_read(&available, arch, &machine->cpu, &machine->devicetree, &sysroot);
	free(path);
	assert_int_equal(available.engines, engines);
}

static void test_arm64_devicetree(void **state)
{
	struct fixture *fixture = *state;
	const struct machine *machine = &fixture->machine;

	assert_int_equal(read_captured(fixture, "arm64-dt", &arch_arm, NULL), 0);
	assert_int_equal(machine->page_size, 4096);
	assert_int_equal(machine->ram_size, UINT64_C(1756852) * 1024);
	assert_int_equal(machine->memory.ram.count, 1);
	assert_int_equal(range_set_size(&machine->memory.ram), UINT64_C(2) << 30);
	assert_int_equal(machine->memory.crash.count, 1);
	assert_int_equal(machine->memory.crash.ranges[0].start, 0xa9a00000);
	assert_true(range_set_contain(&machine->memory.reserved,
				      (struct range){0x41f20000, 0x42230000}));
	/* The kernel's own code is a legal destination. */
	assert_false(range_set_contain(&machine->memory.reserved,
				       (struct range){0x40200000, 0x40201000}));
	assert_int_equal(fdt_check_full(machine->devicetree.fdt, machine->devicetree.size), 0);
	expect_console(fixture, PURGATORY_CONSOLE_UART, 0x9000000);
	assert_int_equal(machine->reset_method, PURGATORY_RESET_PSCI_HVC);
	assert_int_equal(machine->timer_frequency, 0);
	assert_int_equal(machine->cpu.virtual_bits, 0);
	assert_false(machine->cpu.vendor_page_tables);
	expect_engines(fixture, "arm64-dt", &arch_arm,
		       1 << SHA256_GENERIC | 1 << SHA256_ARM64_SHA2);
	/* The kernel's array mem_section is an object of its linear map: SYMBOL(mem_section) is
	 * ffff38d4ffbdcb80, and its physical address 0xbfbdcb80 lies in a reserved range. */
	assert_true(machine->linear_map.known);
	assert_int_equal(0xbfbdcb80 + machine->linear_map.offset, 0xffff38d4ffbdcb80);
	test_log_expect_nothing(&fixture->system.log);
}

static void test_arm64_acpi(void **state)
{
	struct fixture *fixture = *state;
	const struct machine *machine = &fixture->machine;

	assert_int_equal(read_captured(fixture, "arm64-acpi", &arch_arm, NULL), 0);
	assert_int_equal(machine->memory.ram.count, 6);
	assert_int_equal(machine->memory.crash.count, 0);
	expect_console(fixture, PURGATORY_CONSOLE_UART, 0x9000000);
	assert_string_equal(console_name(&machine->console), "SBSA UART");
	assert_int_equal(machine->reset_method, PURGATORY_RESET_PSCI_HVC);
	assert_non_null(machine->devicetree.fdt);
	assert_false(machine->linear_map.known);
	test_log_expect_nothing(&fixture->system.log);
}

static void test_riscv64_devicetree(void **state)
{
	struct fixture *fixture = *state;
	const struct machine *machine = &fixture->machine;

	assert_int_equal(read_captured(fixture, "riscv64-dt", &arch_riscv, NULL), 0);
	assert_int_equal(machine->page_size, 4096);
	assert_int_equal(machine->memory.ram.count, 1);
	assert_int_equal(machine->memory.ram.ranges[0].start, 0x80060000);
	assert_true(range_set_contain(&machine->memory.reserved,
				      (struct range){0x80000000, 0x80060000}));
	expect_console(fixture, PURGATORY_CONSOLE_SBI, 0);
	assert_int_equal(machine->reset_method, PURGATORY_RESET_SBI);
	assert_int_equal(machine->timer_frequency, 10000000);
	assert_int_equal(machine->cpu.virtual_bits, 57);
	assert_false(machine->cpu.vendor_page_tables);
	expect_engines(fixture, "riscv64-dt", &arch_riscv,
		       1 << SHA256_GENERIC | 1 << SHA256_RISCV64_ZBB);
	assert_true(machine->linear_map.known);
	assert_int_equal(0x80000000 + machine->linear_map.offset, 0xff60000000000000);
	test_log_expect_nothing(&fixture->system.log);

	assert_int_equal(read_captured(fixture, "riscv64-dt", &arch_riscv, "ttyS0"), 0);
	expect_console(fixture, PURGATORY_CONSOLE_UART, 0x10000000);
}

static void test_variants(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(read_captured(fixture, "arm64-64k", &arch_arm, "ttyAMA0"), 0);
	assert_int_equal(fixture->machine.page_size, 65536);
	expect_console(fixture, PURGATORY_CONSOLE_UART, 0x9000000);

	assert_int_equal(read_captured(fixture, "arm64-reserved", &arch_arm, "none"), 0);
	assert_int_equal(fixture->machine.memory.ram.count, 2);
	assert_int_equal(fixture->machine.memory.reserved.count, 6);
	expect_console(fixture, PURGATORY_CONSOLE_NONE, 0);

	assert_int_equal(read_captured(fixture, "arm64-hidden", &arch_arm, NULL), -EPERM);
	test_log_expect(&fixture->system.log, "/proc/iomem shows no addresses: run as root");

	assert_int_equal(read_captured(fixture, "nowhere", &arch_arm, NULL), -ENOENT);
	test_log_expect(&fixture->system.log, "cannot open the directory --sysroot=");
}

static int read_made_up(struct fixture *fixture, const char *serial)
{
	machine_free(&fixture->machine);
	return machine_read(&fixture->machine, &arch_arm, fixture->system.directory, serial,
			    &fixture->system.log.log);
}

static void test_only_iomem(void **state)
{
	struct fixture *fixture = *state;

	test_sysroot_write_text(fixture->system.directory, "/proc/iomem",
				"40000000-7fffffff : System RAM\n");
	assert_int_equal(read_made_up(fixture, NULL), 0);
	assert_int_equal(fixture->machine.page_size, 4096);
	assert_int_equal(fixture->machine.ram_size, 0x40000000);
	assert_null(fixture->machine.devicetree.fdt);
	expect_console(fixture, PURGATORY_CONSOLE_NONE, 0);
	assert_int_equal(fixture->machine.reset_method, PURGATORY_RESET_NONE);
	test_log_expect(&fixture->system.log,
			"warning: purgatory has no console and will print nothing (no stdout-path; "
			"no SPCR; no ports in /sys/class/tty): load with --serial=none to do "
			"without");
	assert_int_equal(read_made_up(fixture, "none"), 0);
	test_log_expect_nothing(&fixture->system.log);
}

static void expect_other_arch(struct fixture *fixture, const char *message)
{
	assert_int_equal(read_made_up(fixture, "none"), -EINVAL);
	test_log_expect(&fixture->system.log, message);
}

/* Each thing that shows another architecture is enough, and none of them need be there. */
static void test_other_arch(void **state)
{
	struct fixture *fixture = *state;
	const char *directory = fixture->system.directory;
	uint8_t header[64] = "\177ELF\2\1\1";
	_Alignas(8) uint8_t tree[512];
	int cpus;

	test_sysroot_write_text(directory, "/proc/iomem", "40000000-7fffffff : System RAM\n");
	header[16] = ET_CORE;
	header[18] = EM_RISCV;
	test_sysroot_write(directory, "/proc/kcore", header, sizeof(header));
	expect_other_arch(fixture, "is not of arm64 but of riscv64, as its /proc/kcore shows: use "
				   "--target=riscv64");
	header[18] = EM_X86_64;
	test_sysroot_write(directory, "/proc/kcore", header, sizeof(header));
	expect_other_arch(fixture, "is neither of arm64 nor of riscv64, as its /proc/kcore shows "
				   "(ELF machine 62): name another with --sysroot");
	header[18] = EM_AARCH64;
	test_sysroot_write(directory, "/proc/kcore", header, sizeof(header));
	assert_int_equal(read_made_up(fixture, "none"), 0);
	/* Too short to tell. */
	header[18] = EM_RISCV;
	test_sysroot_write(directory, "/proc/kcore", header, 19);
	assert_int_equal(read_made_up(fixture, "none"), 0);

	test_sysroot_write_text(directory, "/proc/cpuinfo",
				"processor\t: 0\nhart\t\t: 0\nisa\t\t: rv64imafdc\n\n");
	expect_other_arch(fixture, "but of riscv64, as its /proc/cpuinfo shows: use");
	test_sysroot_write_text(directory, "/proc/cpuinfo",
				"processor\t: 0\nFeatures\t: fp asimd\n\n");
	assert_int_equal(read_made_up(fixture, "none"), 0);

	assert_int_equal(fdt_create_empty_tree(tree, sizeof(tree)), 0);
	test_sysroot_write(directory, "/sys/firmware/fdt", tree, fdt_totalsize(tree));
	assert_int_equal(read_made_up(fixture, "none"), 0);
	cpus = fdt_add_subnode(tree, 0, "cpu");
	assert_int_equal(fdt_setprop_string(tree, cpus, "compatible", "riscv"), 0);
	test_sysroot_write(directory, "/sys/firmware/fdt", tree, fdt_totalsize(tree));
	expect_other_arch(fixture, "but of riscv64, as its device tree shows: use");

	assert_int_equal(read_captured(fixture, "arm64-dt", &arch_riscv, "none"), -EINVAL);
	test_log_expect(&fixture->system.log, "arm64-dt is not of riscv64 but of arm64, as its /");
}

static void test_page_sizes(void **state)
{
	struct fixture *fixture = *state;
	static const struct {
		uint64_t size;
		int error;
	} cases[] = {{4096, 0},	      {16384, 0},   {65536, 0},
		     {8192, -EINVAL}, {1, -EINVAL}, {UINT64_MAX, -EINVAL}};
	Elf64_auxv_t vector[3] = {{.a_type = AT_HWCAP, .a_un.a_val = 1}, {.a_type = AT_PAGESZ}};
	size_t i;

	test_sysroot_write_text(fixture->system.directory, "/proc/iomem",
				"40000000-7fffffff : System RAM\n");
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		vector[1].a_un.a_val = cases[i].size;
		test_sysroot_write(fixture->system.directory, "/proc/self/auxv", vector,
				   sizeof(vector));
		assert_int_equal(read_made_up(fixture, "none"), cases[i].error);
		if (cases[i].error)
			test_log_expect(&fixture->system.log, "is not 4096, 16384 or 65536");
		else
			assert_int_equal(fixture->machine.page_size, cases[i].size);
	}
	/* A vector that is cut off holds no page size. */
	test_sysroot_write(fixture->system.directory, "/proc/self/auxv", vector, 31);
	assert_int_equal(read_made_up(fixture, "none"), 0);
	assert_int_equal(fixture->machine.page_size, 4096);
}

static void test_memory_total(void **state)
{
	struct fixture *fixture = *state;
	static const struct {
		const char *meminfo;
		uint64_t size;
	} cases[] = {{"MemTotal:        1000 kB\nMemFree: 5 kB\n", 1024000},
		     {"MemFree: 5 kB\n", 0x40000000},
		     {"MemTotal: 99999999999999999999 kB\n", 0x40000000},
		     {"MemTotal: none\n", 0x40000000}};
	size_t i;

	test_sysroot_write_text(fixture->system.directory, "/proc/iomem",
				"40000000-7fffffff : System RAM\n");
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		test_sysroot_write_text(fixture->system.directory, "/proc/meminfo",
					cases[i].meminfo);
		assert_int_equal(read_made_up(fixture, "none"), 0);
		assert_int_equal(fixture->machine.ram_size, cases[i].size);
	}
}

/* A UART inside RAM would make purgatory write over the payload. */
static void test_console_in_ram(void **state)
{
	struct fixture *fixture = *state;

	test_sysroot_write_text(fixture->system.directory, "/proc/iomem",
				"40000000-7fffffff : System RAM\n");
	test_sysroot_write_text(fixture->system.directory, "/sys/class/tty/ttyS0/type", "4\n");
	test_sysroot_write_text(fixture->system.directory, "/sys/class/tty/ttyS0/io_type", "2\n");
	test_sysroot_write_text(fixture->system.directory, "/sys/class/tty/ttyS0/iomem_reg_shift",
				"0\n");
	test_sysroot_write_text(fixture->system.directory, "/sys/class/tty/ttyS0/iomem_base",
				"0x7FFFFFF8\n");
	assert_int_equal(read_made_up(fixture, "ttyS0"), -EINVAL);
	test_log_expect(&fixture->system.log,
			"--serial=ttyS0: its registers at 0x7ffffff8 are System RAM");
	/* The page counts: nothing smaller can be mapped as device memory. */
	test_sysroot_write_text(fixture->system.directory, "/proc/iomem",
				"40000000-7fffffff : System RAM\n"
				"80000800-80000fff : System RAM\n");
	test_sysroot_write_text(fixture->system.directory, "/sys/class/tty/ttyS0/iomem_base",
				"0x80000000\n");
	assert_int_equal(read_made_up(fixture, "ttyS0"), -EINVAL);
	test_log_expect(&fixture->system.log, "its registers at 0x80000000 are System RAM");
	test_sysroot_write_text(fixture->system.directory, "/proc/iomem",
				"40000000-7fffffff : System RAM\n");
	assert_int_equal(read_made_up(fixture, "ttyS0"), 0);
	expect_console(fixture, PURGATORY_CONSOLE_UART, 0x80000000);
	test_log_expect_nothing(&fixture->system.log);
}

static void test_malformed_devicetree(void **state)
{
	struct fixture *fixture = *state;

	test_sysroot_write_text(fixture->system.directory, "/proc/iomem",
				"40000000-7fffffff : System RAM\n");
	test_sysroot_write_text(fixture->system.directory, "/sys/firmware/fdt", "garbage");
	assert_int_equal(read_made_up(fixture, "none"), -EINVAL);
	test_log_expect(&fixture->system.log,
			"is not a valid device tree blob: it does not begin like one");
}

static void test_psci_of_devicetree(void **state)
{
	struct fixture *fixture = *state;
	static const struct {
		const char *compatible, *method;
		enum purgatory_reset reset;
	} cases[] = {
		{"arm,psci-1.0", "smc", PURGATORY_RESET_PSCI_SMC},
		{"arm,psci-0.2", "hvc", PURGATORY_RESET_PSCI_HVC},
		{"arm,psci", "smc", PURGATORY_RESET_NONE},
		{"arm,psci-1.0", "call", PURGATORY_RESET_NONE},
		{"arm,psci-1.0", NULL, PURGATORY_RESET_NONE},
	};
	struct devicetree tree = {.fdt = malloc(1024), .size = 1024};
	size_t i;

	assert_non_null(tree.fdt);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		int psci;

		assert_int_equal(fdt_create_empty_tree(tree.fdt, 1024), 0);
		psci = fdt_add_subnode(tree.fdt, 0, "psci");
		fdt_setprop_string(tree.fdt, psci, "compatible", cases[i].compatible);
		if (cases[i].method)
			fdt_setprop_string(tree.fdt, psci, "method", cases[i].method);
		assert_int_equal(firmware_find_reset(&arch_arm, &tree, &fixture->system.sysroot),
				 cases[i].reset);
	}
	devicetree_free(&tree);
}

static void write_fadt(const struct fixture *fixture, uint8_t flags, uint8_t size, uint8_t sum)
{
	uint8_t fadt[276] = {'F', 'A', 'C', 'P', size};
	size_t i;

	fadt[129] = flags;
	for (i = 0; i < size; i++)
		sum = (uint8_t)(sum - fadt[i]);
	fadt[9] = sum;
	test_sysroot_write(fixture->system.directory, "/sys/firmware/acpi/tables/FACP", fadt, size);
}

static void test_psci_of_fadt(void **state)
{
	struct fixture *fixture = *state;
	static const struct {
		uint8_t flags, size, sum;
		enum purgatory_reset reset;
	} cases[] = {
		{1, 244, 0, PURGATORY_RESET_PSCI_SMC}, {3, 244, 0, PURGATORY_RESET_PSCI_HVC},
		{2, 244, 0, PURGATORY_RESET_NONE},     {0, 244, 0, PURGATORY_RESET_NONE},
		{3, 244, 1, PURGATORY_RESET_NONE},     {3, 130, 0, PURGATORY_RESET_NONE},
		{3, 131, 0, PURGATORY_RESET_PSCI_HVC},
	};
	const struct devicetree none = {0};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		write_fadt(fixture, cases[i].flags, cases[i].size, cases[i].sum);
		assert_int_equal(firmware_find_reset(&arch_arm, &none, &fixture->system.sysroot),
				 cases[i].reset);
	}
}

/* @size bytes of an RHCT with the frequency @frequency; @sum is how far its checksum is off. */
static void write_rhct(const struct fixture *fixture, uint64_t frequency, uint8_t size, uint8_t sum)
{
	uint8_t rhct[64] = {'R', 'H', 'C', 'T', size};
	size_t i;

	for (i = 0; i < sizeof(frequency); i++)
		rhct[40 + i] = (uint8_t)(frequency >> 8 * i);
	for (i = 0; i < size; i++)
		sum = (uint8_t)(sum - rhct[i]);
	rhct[9] = sum;
	test_sysroot_write(fixture->system.directory, "/sys/firmware/acpi/tables/RHCT", rhct, size);
}

static void test_timer_frequency_of_acpi(void **state)
{
	struct fixture *fixture = *state;
	const struct devicetree none = {0};
	const struct sysroot *sysroot = &fixture->system.sysroot;

	assert_int_equal(firmware_find_timer_frequency(&none, sysroot), 0);
	write_rhct(fixture, UINT64_C(0x123456789a), 56, 0);
	assert_int_equal(firmware_find_timer_frequency(&none, sysroot), UINT64_C(0x123456789a));
	write_rhct(fixture, 10000000, 48, 0);
	assert_int_equal(firmware_find_timer_frequency(&none, sysroot), 10000000);
	write_rhct(fixture, 10000000, 47, 0);
	assert_int_equal(firmware_find_timer_frequency(&none, sysroot), 0);
	write_rhct(fixture, 10000000, 56, 1);
	assert_int_equal(firmware_find_timer_frequency(&none, sysroot), 0);
}

static void test_timer_frequency_of_devicetree(void **state)
{
	struct fixture *fixture = *state;
	const struct sysroot *sysroot = &fixture->system.sysroot;
	struct devicetree tree = {.fdt = malloc(1024), .size = 1024};
	int timer, cpus;

	assert_non_null(tree.fdt);
	write_rhct(fixture, 1000, 56, 0);
	assert_int_equal(fdt_create_empty_tree(tree.fdt, 1024), 0);
	timer = fdt_add_subnode(tree.fdt, 0, "timer");
	fdt_setprop_string(tree.fdt, timer, "compatible", "arm,armv8-timer");
	assert_int_equal(firmware_find_timer_frequency(&tree, sysroot), 1000);
	fdt_setprop_u32(tree.fdt, timer, "clock-frequency", 24000000);
	assert_int_equal(firmware_find_timer_frequency(&tree, sysroot), 24000000);
	cpus = fdt_add_subnode(tree.fdt, 0, "cpus");
	fdt_setprop_u32(tree.fdt, cpus, "timebase-frequency", 4000000);
	assert_int_equal(firmware_find_timer_frequency(&tree, sysroot), 4000000);
	devicetree_free(&tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_arm64_devicetree, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_arm64_acpi, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_riscv64_devicetree, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_variants, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_only_iomem, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_other_arch, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_page_sizes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_memory_total, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_console_in_ram, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_malformed_devicetree, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_psci_of_devicetree, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_psci_of_fadt, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_timer_frequency_of_acpi, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_timer_frequency_of_devicetree, set_up,
						tear_down),
	};

	return test_status(cmocka_run_group_tests(tests, NULL, NULL));
}
