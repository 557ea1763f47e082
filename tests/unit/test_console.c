/* SPDX-License-Identifier: GPL-2.0-only */
/* Which UART purgatory may write to: from --serial, the device tree, ACPI's SPCR. */
#include "support.h"

#include <errno.h>
#include <libfdt.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "console/console_choice.h"
#include "console/uart_types.h"

static const struct arch arch_plain = {.name = "plain", .default_console = PURGATORY_CONSOLE_NONE};
static const struct arch arch_sbi = {.name = "sbi", .default_console = PURGATORY_CONSOLE_SBI};

struct fixture {
	struct test_system system;
	struct devicetree tree;
	struct console console;
};

static int set_up(void **state)
{
	struct fixture *fixture;

	test_system_set_up(state, sizeof(*fixture));
	fixture = *state;
	fixture->system.log.log.debug = true;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	devicetree_free(&fixture->tree);
	return test_system_tear_down(state);
}

static int find(struct fixture *fixture, const char *serial)
{
	return console_find(&fixture->console, &arch_plain, &fixture->tree,
			    &fixture->system.sysroot, serial, &fixture->system.log.log);
}

/* A console as it must be found; without a name there must be none. */
struct expected {
	const char *name;
	uint64_t address;
	uint32_t room_offset, room_width; /* of the register that tells of room */
	bool big_endian;
};

static void expect_console(const struct fixture *fixture, const struct expected *expected)
{
	const struct console *console = &fixture->console;
	const struct purgatory_register *room = &console->registers[PURGATORY_REGISTER_ROOM];

	assert_string_equal(console_name(console), expected->name ? expected->name : "none");
	assert_int_equal(console->address, expected->address);
	assert_int_equal(room->offset, expected->room_offset);
	assert_int_equal(room->width, expected->room_width);
	assert_int_equal(console->data_shift, expected->big_endian ? 24 : 0);
}

static void expect_nothing(const struct fixture *fixture)
{
	static const struct expected nothing;

	expect_console(fixture, &nothing);
}

/* Fail unless there is no console and one line of debug output says @reason. */
static void expect_none(struct fixture *fixture, const char *reason)
{
	expect_nothing(fixture);
	assert_int_equal(fflush(fixture->system.log.log.stream), 0);
	fixture->system.log.text[fixture->system.log.size] = '\0';
	if (!strstr(fixture->system.log.text, reason))
		fail_msg("\"%s\" was expected in \"%s\"", reason, fixture->system.log.text);
	rewind(fixture->system.log.log.stream);
}

static int add_node(void *fdt, const char *parent, const char *name)
{
	int node = fdt_add_subnode(fdt, fdt_path_offset(fdt, parent), name);

	assert_true(node >= 0);
	return node;
}

static void set(void *fdt, const char *path, const char *name, const void *value, size_t size)
{
	assert_int_equal(fdt_setprop(fdt, fdt_path_offset(fdt, path), name, value, (int)size), 0);
}

static void set_string(void *fdt, const char *path, const char *name, const char *value)
{
	set(fdt, path, name, value, strlen(value) + 1);
}

/* Set a property of cells; the list is ended by -1. */
static void set_cells(void *fdt, const char *path, const char *name, const int64_t *cells)
{
	fdt32_t value[16] = {0};
	size_t count = 0;

	for (; cells[count] >= 0; count++)
		value[count] = cpu_to_fdt32((uint32_t)cells[count]);
	set(fdt, path, name, value, count * sizeof(*value));
}

#define CELLS(...) (const int64_t[]){__VA_ARGS__, -1}

/*
 * A tree with a PL011 at 0x1_09000000 behind a bus, an 8250 at 0xfe201000 below the root, and
 * stdout-path at the first, whose two clocks are fixed.
 */
static void *make_tree(void)
{
	void *fdt = malloc(8192);

	assert_non_null(fdt);
	assert_int_equal(fdt_create_empty_tree(fdt, 8192), 0);
	set_cells(fdt, "/", "#address-cells", CELLS(2));
	set_cells(fdt, "/", "#size-cells", CELLS(2));
	add_node(fdt, "/", "chosen");
	set_string(fdt, "/chosen", "stdout-path", "serial0:115200n8");
	add_node(fdt, "/", "aliases");
	set_string(fdt, "/aliases", "serial0", "/bus/uart@1000");
	add_node(fdt, "/", "clock");
	set_string(fdt, "/clock", "compatible", "fixed-clock");
	set_cells(fdt, "/clock", "#clock-cells", CELLS(0));
	set_cells(fdt, "/clock", "phandle", CELLS(7));
	add_node(fdt, "/", "gate");
	set_string(fdt, "/gate", "compatible", "vendor,clock-controller");
	set_cells(fdt, "/gate", "#clock-cells", CELLS(1));
	set_cells(fdt, "/gate", "phandle", CELLS(8));
	add_node(fdt, "/", "bus");
	set_cells(fdt, "/bus", "#address-cells", CELLS(1));
	set_cells(fdt, "/bus", "#size-cells", CELLS(1));
	set_cells(fdt, "/bus", "ranges",
		  CELLS(0x9000, 0, 0xa0000000, 0x1000, 0, 1, 0x08fff000, 0x8000));
	add_node(fdt, "/bus", "uart@1000");
	set(fdt, "/bus/uart@1000", "compatible", "arm,pl011\0arm,primecell", 24);
	set_cells(fdt, "/bus/uart@1000", "reg", CELLS(0x1000, 0x1000));
	set_cells(fdt, "/bus/uart@1000", "clocks", CELLS(7, 7));
	add_node(fdt, "/", "serial@fe201000");
	set_string(fdt, "/serial@fe201000", "compatible", "ns16550a");
	set_cells(fdt, "/serial@fe201000", "reg", CELLS(0, 0xfe201000, 0, 0x100));
	return fdt;
}

static void test_devicetree_pl011_behind_bus(void **state)
{
	struct fixture *fixture = *state;

	fixture->tree.fdt = make_tree();
	assert_int_equal(find(fixture, NULL), 0);
	expect_console(fixture, &(struct expected){"PL011", 0x109000000, 0x18, 4, false});
}

#define UART	"/bus/uart@1000"
#define UART2	"/serial@fe201000"
#define STDOUT2 "/chosen", "stdout-path", UART2, sizeof(UART2)

/* One property set to the tree before the console is looked for. */
struct edit {
	const char *path;
	const char *name;
	const char *value; /* NULL: the property is deleted */
	size_t size;
};

static void apply(void *fdt, const struct edit *edit)
{
	if (!edit->path)
		return;
	if (edit->value)
		set(fdt, edit->path, edit->name, edit->value, edit->size);
	else
		assert_int_equal(fdt_delprop(fdt, fdt_path_offset(fdt, edit->path), edit->name), 0);
}

static void find_in_edited_tree(struct fixture *fixture, const struct edit edits[3])
{
	void *fdt = make_tree();
	size_t i;

	for (i = 0; i < 3; i++)
		apply(fdt, &edits[i]);
	fixture->tree.fdt = fdt;
	assert_int_equal(find(fixture, NULL), 0);
	fixture->tree.fdt = NULL;
	free(fdt);
}

static void test_devicetree_found(void **state)
{
	struct fixture *fixture = *state;
	static const struct {
		struct edit edits[3];
		struct expected console;
	} cases[] = {
		{{{"/chosen", "stdout-path", UART, sizeof(UART)}},
		 {"PL011", 0x109000000, 0x18, 4, false}},
		{{{"/chosen", "stdout-path", NULL, 0},
		  {"/chosen", "linux,stdout-path", UART, sizeof(UART)}},
		 {"PL011", 0x109000000, 0x18, 4, false}},
		{{{UART, "clocks", NULL, 0}}, {"PL011", 0x109000000, 0x18, 4, false}},
		{{{UART, "status", "okay", 5}}, {"PL011", 0x109000000, 0x18, 4, false}},
		{{{"/bus", "ranges", "", 0}}, {"PL011", 0x1000, 0x18, 4, false}},
		{{{UART, "compatible", "arm,sbsa-uart", 14}},
		 {"SBSA UART", 0x109000000, 0x18, 4, false}},
		{{{STDOUT2}}, {"8250", 0xfe201000, 0x5, 1, false}},
		{{{STDOUT2},
		  {UART2, "reg-shift", "\0\0\0\2", 4},
		  {UART2, "reg-io-width", "\0\0\0\4", 4}},
		 {"8250", 0xfe201000, 0x14, 4, false}},
		{{{STDOUT2}, {UART2, "reg-shift", "\0\0\0\2", 4}},
		 {"8250", 0xfe201000, 0x14, 1, false}},
		{{{STDOUT2},
		  {UART2, "reg-shift", "\0\0\0\1", 4},
		  {UART2, "reg-io-width", "\0\0\0\2", 4}},
		 {"8250", 0xfe201000, 0x0a, 2, false}},
		/* Linux knows big-endian registers of 4 bytes alone. */
		{{{STDOUT2}, {UART2, "big-endian", "", 0}}, {"8250", 0xfe201000, 0x5, 1, false}},
		{{{UART, "compatible", "brcm,bcm7271-uart", 18}, {UART, "big-endian", "", 0}},
		 {"BCM7271 8250", 0x109000000, 0x14, 4, true}},
		{{{UART, "compatible", "mediatek,mt6577-uart", 21}},
		 {"MediaTek 8250", 0x109000000, 0x14, 4, false}},
		/* A PL011 does not have these. */
		{{{UART, "reg-shift", "\0\0\0\2", 4}, {UART, "reg-io-width", "\0\0\0\1", 4}},
		 {"PL011", 0x109000000, 0x18, 4, false}},
		{{{STDOUT2}, {UART2, "compatible", "spacemit,k1-uart\0intel,xscale-uart", 35}},
		 {"XScale 8250", 0xfe201000, 0x5, 1, false}},
		{{{UART, "compatible", "fsl,imx8qxp-lpuart", 19}},
		 {"LPUART", 0x109000010, 0x04, 4, false}},
		{{{UART, "compatible", "fsl,ls1021a-lpuart", 19}},
		 {"big-endian LPUART", 0x109000000, 0x04, 4, true}},
		{{{UART, "compatible", "fsl,imx8mq-uart\0fsl,imx6q-uart", 31}},
		 {"i.MX UART", 0x109000000, 0xb4, 4, false}},
		{{{STDOUT2}, {UART2, "reg-offset", "\0\0\0\x40", 4}},
		 {"8250", 0xfe201040, 0x5, 1, false}},
		{{{STDOUT2}, {UART2, "compatible", "snps,dw-apb-uart", 17}},
		 {"8250", 0xfe201000, 0x5, 1, false}},
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		find_in_edited_tree(fixture, cases[i].edits);
		expect_console(fixture, &cases[i].console);
	}
}

static void test_devicetree_not_used(void **state)
{
	struct fixture *fixture = *state;
	static const struct {
		struct edit edits[3];
		const char *reason;
	} cases[] = {
		{{{"/chosen", "stdout-path", NULL, 0}}, "no stdout-path"},
		{{{"/chosen", "stdout-path", "/nowhere", 9}},
		 "(stdout-path /nowhere: there is no such node; "},
		{{{"/chosen", "stdout-path", "serial9", 8}},
		 "(stdout-path serial9: there is no such node; "},
		{{{"/chosen", "stdout-path", ":115200", 8}},
		 "(stdout-path :115200: there is no such node; "},
		{{{"/chosen", "stdout-path", "serial0", 7}}, "no stdout-path"},
		{{{UART, "clocks", "\0\0\0\7\0\0\0\x08\0\0\0\1", 12}}, "may be gated"},
		{{{UART, "clocks", "\0\0\0\x63", 4}}, "may be gated"},
		{{{"/clock", "#clock-cells", NULL, 0}}, "may be gated"},
		{{{UART, "power-domains", "\0\0\0\x08", 4}}, "power domain may be off"},
		{{{UART, "status", "disabled", 9}}, "is disabled"},
		{{{UART, "compatible", "vendor,uart", 12}}, "cannot drive such a UART"},
		{{{"/bus", "ranges", NULL, 0}}, "no physical address"},
		{{{UART, "reg", "\0\0\x80\0\0\0\x10\0", 8}}, "no physical address"},
		{{{UART, "reg", "\0\0\x10\0", 4}}, "no physical address"},
		{{{UART, "reg", NULL, 0}}, "no physical address"},
		{{{"/bus", "#address-cells", "\0\0\0\3", 4}}, "no physical address"},
		{{{UART, "reg", "\0\0\x10\2\0\0\x10\0", 8}}, "cannot reach"},
		{{{STDOUT2}, {UART2, "reg-io-width", "\0\0\0\2", 4}}, "cannot reach"},
		{{{STDOUT2}, {UART2, "reg-io-width", "\0\0\0\4", 4}}, "cannot reach"},
		{{{STDOUT2}, {UART2, "reg-shift", "\0\0\0\4", 4}}, "cannot reach"},
		{{{STDOUT2}, {UART2, "reg-shift", "\0\0\0\x28", 4}}, "cannot reach"},
		{{{UART, "compatible", "qcom,msm-uartdm", 16}}, "cannot drive such a UART"},
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		find_in_edited_tree(fixture, cases[i].edits);
		expect_none(fixture, cases[i].reason);
	}
}

/* SPCR as of revision 2, for a UART; sum is what the checksum makes of the bytes. */
struct spcr_case {
	uint8_t revision;
	uint8_t interface_type;
	uint8_t address_space;
	uint8_t bit_width;
	uint8_t access_size;
	uint64_t address;
	struct expected console;
	const char *reason;
	const char *oem; /* ID and table ID; NULL: none of note */
	uint32_t oem_revision;
};

#define XGENE	   {"8250", 0x9000000, 0x14, 4, false}
#define BYTES	   {"8250", 0x9000000, 0x05, 1, false}
#define ERRATUM_44 {"SBSA UART with Erratum 44", 0x9000000, 0x18, 4, false}
#define SOUND	   {"SBSA UART", 0x9000000, 0x18, 4, false}

static void write_spcr(const struct fixture *fixture, const struct spcr_case *spcr, uint8_t sum)
{
	uint8_t table[80] = {'S', 'P', 'C', 'R', sizeof(table)};
	size_t i;

	table[8] = spcr->revision;
	table[36] = spcr->interface_type;
	table[40] = spcr->address_space;
	table[41] = spcr->bit_width;
	table[43] = spcr->access_size;
	if (spcr->oem) {
		memcpy(&table[10], spcr->oem, 14);
		table[24] = (uint8_t)spcr->oem_revision;
	}
	for (i = 0; i < 8; i++)
		table[44 + i] = (uint8_t)(spcr->address >> (8 * i));
	for (i = 0; i < sizeof(table); i++)
		sum = (uint8_t)(sum - table[i]);
	table[9] = sum;
	test_sysroot_write(fixture->system.directory, "/sys/firmware/acpi/tables/SPCR", table,
			   sizeof(table));
}

static void test_spcr(void **state)
{
	struct fixture *fixture = *state;
	static const struct spcr_case cases[] = {
		{2,
		 3,
		 0,
		 32,
		 3,
		 0x9000000,
		 {"SBSA UART", 0x9000000, 0x18, 4, false},
		 NULL,
		 NULL,
		 0},
		{4,
		 0xe,
		 0,
		 8,
		 1,
		 0x100002600000,
		 {"SBSA UART", 0x100002600000, 0x18, 4, false},
		 NULL,
		 NULL,
		 0},
		{2,
		 0xd,
		 0,
		 32,
		 3,
		 0x9000000,
		 {"SBSA UART", 0x9000000, 0x18, 4, false},
		 NULL,
		 NULL,
		 0},
		{2, 0, 0, 8, 1, 0x9000000, {"8250", 0x9000000, 0x5, 1, false}, NULL, NULL, 0},
		{2, 1, 0, 8, 0, 0x9000000, {"8250", 0x9000000, 0x5, 1, false}, NULL, NULL, 0},
		{2, 0x12, 0, 32, 3, 0x9000000, {"8250", 0x9000000, 0x14, 4, false}, NULL, NULL, 0},
		{2, 0x12, 0, 32, 0, 0x9000000, {"8250", 0x9000000, 0x14, 4, false}, NULL, NULL, 0},
		{2, 0, 0, 32, 1, 0x9000000, {0}, "disagree", NULL, 0},
		{2, 0, 0, 16, 2, 0x9000000, {"8250", 0x9000000, 0x0a, 2, false}, NULL, NULL, 0},
		{2, 0, 0, 16, 0, 0x9000000, {"8250", 0x9000000, 0x0a, 2, false}, NULL, NULL, 0},
		{2, 0, 0, 16, 3, 0x9000000, {0}, "disagree", NULL, 0},
		{2, 0, 0, 64, 4, 0x9000000, {0}, "disagree", NULL, 0},
		/* Firmware that is known to say 8 where it has 32 (and to have a flag that sticks),
		 * and some that is like it. */
		{2, 0, 0, 8, 1, 0x9000000, XGENE, NULL, "APMC0DXGENESPC", 0},
		{2, 0, 0, 8, 1, 0x9000000, XGENE, NULL, "HPE   XGENESPC", 0},
		{2, 0, 0, 8, 1, 0x9000000, XGENE, NULL, "HPE   ProLiant", 1},
		{2, 0, 0, 8, 1, 0x9000000, BYTES, NULL, "HPE   ProLiant", 0},
		{2, 0, 0, 8, 1, 0x9000000, BYTES, NULL, "APMC0DXGENESPC", 1},
		{2, 0, 0, 8, 1, 0x9000000, BYTES, NULL, "APMX0DXGENESPC", 0},
		{2, 1, 0, 8, 1, 0x9000000, BYTES, NULL, "APMC0DXGENESPC", 0},
		{2, 3, 0, 32, 3, 0x9000000, ERRATUM_44, NULL, "QCOM  QDF2432 ", 7},
		{2, 0xe, 0, 32, 3, 0x9000000, ERRATUM_44, NULL, "QCOM  QDF2400 ", 1},
		{2, 3, 0, 32, 3, 0x9000000, SOUND, NULL, "QCOM  QDF2400 ", 2},
		{2, 0, 0, 32, 3, 0x9000002, {0}, "cannot reach", NULL, 0},
		{2, 0, 1, 8, 1, 0x3f8, {0}, "not in memory", NULL, 0},
		{2, 3, 0, 32, 3, 0, {0}, "cannot reach", NULL, 0},
		{2, 0x10, 0, 32, 3, 0x9000000, {0}, "cannot drive such a UART", NULL, 0},
		{1, 3, 0, 32, 3, 0x9000000, {0}, "too old", NULL, 0},
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		write_spcr(fixture, &cases[i], 0);
		assert_int_equal(find(fixture, NULL), 0);
		if (cases[i].reason)
			expect_none(fixture, cases[i].reason);
		else
			expect_console(fixture, &cases[i].console);
	}
	write_spcr(fixture, &cases[0], 1);
	assert_int_equal(find(fixture, NULL), 0);
	expect_none(fixture, "console: no SPCR");
}

static void test_spcr_truncated(void **state)
{
	struct fixture *fixture = *state;
	static const uint8_t table[79] = {'S', 'P', 'C', 'R', 80};
	static const size_t sizes[] = {0, 4, 35, sizeof(table)};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		test_sysroot_write(fixture->system.directory, "/sys/firmware/acpi/tables/SPCR",
				   table, sizes[i]);
		assert_int_equal(find(fixture, NULL), 0);
		expect_none(fixture, "console: no SPCR");
	}
}

static void write_named_tty(const struct fixture *fixture, const char *name, const char *attribute,
			    const char *value)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/class/tty/%s/%s", name, attribute);
	test_sysroot_write(fixture->system.directory, path, value, strlen(value));
}

static void write_tty(const struct fixture *fixture, const char *attribute, const char *value)
{
	write_named_tty(fixture, "ttyS1", attribute, value);
}

/* A port of these attributes; its registers are bytes. */
static void add_tty(const struct fixture *fixture, const char *name, const char *type,
		    const char *base)
{
	write_named_tty(fixture, name, "type", type);
	write_named_tty(fixture, name, "iomem_base", base);
	write_named_tty(fixture, name, "io_type", "2\n");
	write_named_tty(fixture, name, "iomem_reg_shift", "0\n");
}

static void write_consoles(const struct fixture *fixture, const char *text)
{
	test_sysroot_write_text(fixture->system.directory, "/proc/consoles", text);
}

/* A line of /proc/consoles for a UART, with its flags. */
#define CONSOLE_LINE(name, flags) name "                -W- (" flags ")    4:64\n"

#define CANNOT_DRIVE "ttyMSM0 (purgatory cannot drive such a UART)"

/* Without a console, one line names what there is, why it is not used, and what to do. */
static void test_warning(void **state)
{
	struct fixture *fixture = *state;
	static const struct {
		struct edit edits[3];
		bool has_ttys;
		const char *consoles; /* what the running kernel says; NULL: nothing */
		const char *message;
	} cases[] = {
		{{{UART, "clocks", "\0\0\0\x08\0\0\0\1", 8}},
		 false,
		 NULL,
		 "purgatory has no console and will print nothing (stdout-path /bus/uart@1000 "
		 "(arm,pl011): its clock may be gated; no SPCR; no ports in /sys/class/tty): load "
		 "with --serial=none to do without"},
		/* The port of stdout-path is advised if no port has a console. */
		{{{UART, "clocks", "\0\0\0\x08\0\0\0\1", 8}},
		 true,
		 NULL,
		 "its clock may be gated; no SPCR; ports: ttyAMA0 (its clock may be off), ttyAMA1 "
		 "(its clock may be off), " CANNOT_DRIVE
		 "): load with --serial=ttyAMA1 if that port's clock is on, or with --serial=none"},
		{{{UART, "clocks", "\0\0\0\x08\0\0\0\1", 8}},
		 true,
		 "tty0                 -WU (EC  p  )    4:1\n",
		 "load with --serial=ttyAMA1 if that port's clock is on, or"},
		/* A console is advised before it. */
		{{{UART, "clocks", "\0\0\0\x08\0\0\0\1", 8}},
		 true,
		 "tty0                 -WU (EC  p  )    4:1\n" CONSOLE_LINE("ttyAMA0", "E   p a"),
		 "; ports: ttyAMA0 (console), ttyAMA1 (its clock may be off), " CANNOT_DRIVE
		 "): load with --serial=ttyAMA0, a console of the running kernel, or with "
		 "--serial=none"},
		{{{UART, "clocks", "\0\0\0\x08\0\0\0\1", 8}},
		 true,
		 CONSOLE_LINE("ttyAMA0", "E   p a") CONSOLE_LINE("ttyAMA1", "EC  p a"),
		 "; ports: ttyAMA0 (console), ttyAMA1 (console), " CANNOT_DRIVE
		 "): load with --serial=ttyAMA1, a console of the running kernel, or with "},
		/* None is a console: one that is not enabled, an early one, a longer name. */
		{{{UART, "clocks", "\0\0\0\x08\0\0\0\1", 8}},
		 true,
		 CONSOLE_LINE("ttyAMA0", " C  p a") CONSOLE_LINE("pl11", "E B p  ")
			 CONSOLE_LINE("ttyAMA01", "EC  p a") "ttyAMA0\nttyAMA0 (E",
		 "ports: ttyAMA0 (its clock may be off), ttyAMA1 (its clock may be off), "},
		/* It is a console, but not one that purgatory can drive. */
		{{{UART, "clocks", "\0\0\0\x08\0\0\0\1", 8}},
		 true,
		 CONSOLE_LINE("ttyMSM0", "EC  p a"),
		 "ttyAMA1 (its clock may be off), " CANNOT_DRIVE
		 "): load with --serial=ttyAMA1 if"},
		{{{STDOUT2}, {UART2, "compatible", "vendor,uart", 12}},
		 true,
		 NULL,
		 "(stdout-path /serial@fe201000 (vendor,uart): purgatory cannot drive such a UART; "
		 "no SPCR; ports: ttyAMA0 (its clock may be off), ttyAMA1 (its clock may be off), "
		 "ttyMSM0 (purgatory cannot drive such a UART)): load with --serial=ttyAMA0 if"},
		{{{"/chosen", "stdout-path", NULL, 0}},
		 false,
		 NULL,
		 "(no stdout-path; no SPCR; no ports"},
	};

	fixture->system.log.log.debug = false;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		if (cases[i].has_ttys) {
			add_tty(fixture, "ttyMSM0", "88\n", "0x78b0000\n");
			add_tty(fixture, "ttyAMA1", "32\n", "0x109000000\n");
			add_tty(fixture, "ttyAMA0", "32\n", "0x9000000\n");
			/* a place that no UART was found for, and what is none */
			add_tty(fixture, "ttyS0", "0\n", "0x0\n");
			write_named_tty(fixture, "tty0", "active", "tty1\n");
		}
		if (cases[i].consoles)
			write_consoles(fixture, cases[i].consoles);
		find_in_edited_tree(fixture, cases[i].edits);
		test_log_expect(&fixture->system.log, cases[i].message);
		if (cases[i].has_ttys)
			test_sysroot_clear(fixture->system.directory, "/sys/class/tty");
		if (cases[i].consoles)
			test_sysroot_clear(fixture->system.directory, "/proc");
	}
}

static void test_serial(void **state)
{
	struct fixture *fixture = *state;
	static const struct {
		const char *type, *base, *io_type, *shift;
		struct expected console;
		const char *message;
	} cases[] = {
		{"32\n",
		 "0x9000000\n",
		 "2\n",
		 "0\n",
		 {"SBSA UART", 0x9000000, 0x18, 4, false},
		 NULL},
		{"4\n", "0x10000000\n", "2\n", "0\n", {"8250", 0x10000000, 0x5, 1, false}, NULL},
		{"4\n", "0x8FE201000\n", "3\n", "2\n", {"8250", 0x8fe201000, 0x14, 4, false}, NULL},
		{"0\n", "0x0\n", "0\n", "0\n", {0}, "cannot drive such a UART"},
		{"88\n",
		 "0x9000000\n",
		 "2\n",
		 "0\n",
		 {0},
		 "(port type 88): purgatory cannot drive"},
		{"4\n", "0x9000000\n", "6\n", "2\n", {"8250", 0x9000000, 0x14, 4, true}, NULL},
		{"4\n", "0x9000000\n", "7\n", "1\n", {"8250", 0x9000000, 0x0a, 2, false}, NULL},
		{"62\n",
		 "0x30890000\n",
		 "2\n",
		 "0\n",
		 {"i.MX UART", 0x30890000, 0xb4, 4, false},
		 NULL},
		{"120\n",
		 "0x10010000\n",
		 "2\n",
		 "0\n",
		 {"SiFive UART", 0x10010000, 0x00, 4, false},
		 NULL},
		{"4\n", "0x0\n", "0\n", "0\n", {0}, "not in memory"},
		{"4\n", "0x3f8\n", "0\n", "0\n", {0}, "not in memory"},
		{"4\n", "0x9000000\n", "4\n", "0\n", {0}, "not in memory"},
		{"4\n", "0x9000000\n", "junk\n", "0\n", {0}, "not in memory"},
		/* what several UARTs share: only a node tells */
		{"53\n", "0xe6e88000\n", "2\n", "0\n", {0}, "cannot drive such a UART"},
		{"84\n", "0x13800000\n", "2\n", "0\n", {0}, "cannot drive such a UART"},
		{"4\n", "0x9000000\n", "3\n", "0\n", {0}, "cannot reach"},
		{"4\n", "0x9000000\n", "3\n", "4294967298\n", {0}, "cannot reach"},
		{"4\n", "junk\n", "3\n", "0\n", {0}, "no UART of that name"},
		{"", "0x9000000\n", "3\n", "0\n", {0}, "no UART of that name"},
	};
	size_t i;

	fixture->system.log.log.debug = false;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		write_tty(fixture, "type", cases[i].type);
		write_tty(fixture, "iomem_base", cases[i].base);
		write_tty(fixture, "io_type", cases[i].io_type);
		write_tty(fixture, "iomem_reg_shift", cases[i].shift);
		if (cases[i].message) {
			assert_int_equal(find(fixture, "ttyS1"), -ENODEV);
			test_log_expect(&fixture->system.log, cases[i].message);
		} else {
			assert_int_equal(find(fixture, "ttyS1"), 0);
		}
		expect_console(fixture, &cases[i].console);
	}
}

/* Let sysfs lead from the port ttyS1 to its node: @place is below the port's device. */
static void add_node_of_tty(const struct fixture *fixture, const char *place,
			    const char *compatible, size_t size)
{
	static const char device[] = "/sys/devices/soc/1000.uart/1000.uart:0/1000.uart:0.0";
	char path[128];

	snprintf(path, sizeof(path), "%s/uevent", device);
	test_sysroot_write_text(fixture->system.directory, path, "");
	snprintf(path, sizeof(path), "%s/%sof_node/compatible", device, place);
	test_sysroot_write(fixture->system.directory, path, compatible, size);
}

/* The node that sysfs leads to says more than the port's number. */
static void test_serial_with_node(void **state)
{
	struct fixture *fixture = *state;
	static const struct {
		const char *type, *base, *io_type, *shift;
		const char *place, *compatible;
		size_t size;
		struct expected console;
		const char *message;
	} cases[] = {
		{"62\n",
		 "0x30890000\n",
		 "2\n",
		 "0\n",
		 "",
		 "fsl,imx8mp-uart\0fsl,imx6q-uart",
		 31,
		 {"i.MX UART", 0x30890000, 0xb4, 4, false},
		 NULL},
		{"53\n",
		 "0xe6e88000\n",
		 "2\n",
		 "0\n",
		 "../../",
		 "renesas,scif-r9a07g044",
		 23,
		 {"SCIF of RZ", 0xe6e88000, 0x0e, 2, false},
		 NULL},
		{"84\n",
		 "0x13800000\n",
		 "2\n",
		 "0\n",
		 "",
		 "samsung,exynos4210-uart",
		 24,
		 {"Samsung UART", 0x13800000, 0x18, 4, false},
		 NULL},
		{"84\n",
		 "0x39b200000\n",
		 "3\n",
		 "0\n",
		 "../",
		 "apple,s5l-uart",
		 15,
		 {"Apple UART", 0x39b200000, 0x18, 4, false},
		 NULL},
		/* iomem_base is the node's address, or where the registers begin */
		{"103\n",
		 "0x5a060000\n",
		 "3\n",
		 "0\n",
		 "",
		 "fsl,imx7ulp-lpuart",
		 19,
		 {"LPUART", 0x5a060010, 0x04, 4, false},
		 NULL},
		{"103\n",
		 "0x5a060010\n",
		 "3\n",
		 "0\n",
		 "",
		 "fsl,imx7ulp-lpuart",
		 19,
		 {"LPUART", 0x5a060010, 0x04, 4, false},
		 NULL},
		{"103\n",
		 "0x2950000\n",
		 "6\n",
		 "0\n",
		 "",
		 "fsl,ls1021a-lpuart",
		 19,
		 {"big-endian LPUART", 0x2950000, 0x04, 4, true},
		 NULL},
		/* no 8250, whatever its number says */
		{"8\n",
		 "0xe1030000\n",
		 "3\n",
		 "0\n",
		 "",
		 "renesas,em-uart",
		 16,
		 {"EMMA Mobile 8250", 0xe1030000, 0x18, 4, false},
		 NULL},
		/* the kernel's layout, not the tree's */
		{"1\n",
		 "0x2800000\n",
		 "2\n",
		 "2\n",
		 "",
		 "ti,am654-uart",
		 14,
		 {"OMAP 8250", 0x2800000, 0x14, 1, false},
		 NULL},
		/* a node that tells nothing: the number does */
		{"4\n",
		 "0x9000000\n",
		 "2\n",
		 "0\n",
		 "",
		 "vendor,uart",
		 12,
		 {"8250", 0x9000000, 0x05, 1, false},
		 NULL},
		{"4\n",
		 "0x9000000\n",
		 "2\n",
		 "0\n",
		 "",
		 "",
		 0,
		 {"8250", 0x9000000, 0x05, 1, false},
		 NULL},
		{"-1\n",
		 "0xa90000\n",
		 "2\n",
		 "0\n",
		 "",
		 "qcom,geni-debug-uart",
		 21,
		 {0},
		 "--serial=ttyS1 (qcom,geni-debug-uart): purgatory cannot drive such a UART "
		 "(ports: "},
		{"84\n",
		 "0x13800000\n",
		 "0\n",
		 "0\n",
		 "",
		 "samsung,exynos4210-uart",
		 24,
		 {0},
		 "(samsung,exynos4210-uart): its registers are not in memory"},
	};

	fixture->system.log.log.debug = false;
	test_sysroot_link(fixture->system.directory, "/sys/class/tty/ttyS1/device",
			  "/sys/devices/soc/1000.uart/1000.uart:0/1000.uart:0.0");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		write_tty(fixture, "type", cases[i].type);
		write_tty(fixture, "iomem_base", cases[i].base);
		write_tty(fixture, "io_type", cases[i].io_type);
		write_tty(fixture, "iomem_reg_shift", cases[i].shift);
		add_node_of_tty(fixture, cases[i].place, cases[i].compatible, cases[i].size);
		assert_int_equal(find(fixture, "ttyS1"), cases[i].message ? -ENODEV : 0);
		if (cases[i].message)
			test_log_expect(&fixture->system.log, cases[i].message);
		expect_console(fixture, &cases[i].console);
		test_sysroot_clear(fixture->system.directory, "/sys/devices");
	}
}

/* The bridge above the functions of PCI, which has a node, and its place in sysfs. */
#define BRIDGE "/sys/devices/platform/4010000000.pcie/pci0000:00"

/*
 * A port of a PCI function with registers at @base: its device is the function, or since Linux 6.5
 * the serial core's device of a device of it.
 */
static void add_pci_tty(const struct fixture *fixture, const char *name, const char *slot,
			const char *base, const char *io_type, bool has_core)
{
	char path[200], text[100], device[160];

	add_tty(fixture, name, "4\n", base);
	write_named_tty(fixture, name, "io_type", io_type);
	test_sysroot_write(fixture->system.directory, BRIDGE "/of_node/compatible",
			   "pci-host-ecam-generic", 22);
	test_sysroot_write_text(fixture->system.directory, BRIDGE "/uevent", "");
	snprintf(path, sizeof(path), BRIDGE "/%s/uevent", slot);
	snprintf(text, sizeof(text), "DRIVER=serial\nPCI_CLASS=70002\nPCI_SLOT_NAME=%s\n", slot);
	test_sysroot_write_text(fixture->system.directory, path, text);
	snprintf(device, sizeof(device), has_core ? BRIDGE "/%s/%s:0/%s:0.0" : BRIDGE "/%s", slot,
		 slot, slot);
	snprintf(path, sizeof(path), "%s/uevent", device);
	if (has_core)
		test_sysroot_write_text(fixture->system.directory, path,
					"DEVTYPE=port\nDRIVER=port\n");
	snprintf(path, sizeof(path), "/sys/class/tty/%s/device", name);
	test_sysroot_link(fixture->system.directory, path, device);
}

/* A port of PCI is named by its function, not by the bridge above it. */
static void test_pci(void **state)
{
	struct fixture *fixture = *state;

	fixture->system.log.log.debug = false;
	add_pci_tty(fixture, "ttyS1", "0000:00:01.0", "0x10000000\n", "2\n", true);
	add_pci_tty(fixture, "ttyS2", "0000:00:02.0", "0x10001000\n", "2\n", false);
	add_pci_tty(fixture, "ttyS3", "0000:00:02.1", "0x1000\n", "0\n", true);
	write_consoles(fixture, CONSOLE_LINE("ttyS2", "EC  p a"));
	fixture->tree.fdt = make_tree();
	set_cells(fixture->tree.fdt, UART, "clocks", CELLS(8, 1));
	assert_int_equal(find(fixture, NULL), 0);
	test_log_expect(&fixture->system.log,
			"; ports: ttyS1 (PCI function 0000:00:01.0, its clock may be off), "
			"ttyS2 (PCI function 0000:00:02.0, console), "
			"ttyS3 (PCI function 0000:00:02.1, its registers are not in memory)): "
			"load with --serial=ttyS2, a console of the running kernel, or with "
			"--serial=none");
	assert_int_equal(find(fixture, "ttyS3"), -ENODEV);
	test_log_expect(&fixture->system.log,
			"--serial=ttyS3 (PCI function 0000:00:02.1): its registers are not in "
			"memory (ports: ttyS1 (PCI");
	for (char name[] = "ttyS1"; name[4] < '3'; name[4]++) {
		assert_int_equal(find(fixture, name), 0);
		test_log_expect_nothing(&fixture->system.log);
		assert_string_equal(console_name(&fixture->console), "8250");
	}
}

/* What --serial names may be off: debug output says what is known. */
static void test_serial_running(void **state)
{
	struct fixture *fixture = *state;

	add_tty(fixture, "ttyS1", "4\n", "0x10000000\n");
	assert_int_equal(find(fixture, "ttyS1"), 0);
	test_log_expect(&fixture->system.log,
			"console: --serial ttyS1 (port type 4): no console of "
			"the running kernel, so that its clock may be off");
	write_consoles(fixture, CONSOLE_LINE("ttyS1", "EC  p a"));
	assert_int_equal(find(fixture, "ttyS1"), 0);
	test_log_expect(&fixture->system.log,
			"console: --serial ttyS1 (port type 4): a console of the running kernel");
}

/* A PL011's clock is on while its driver writes, and while somebody has the port open. */
static void test_gated_console(void **state)
{
	struct fixture *fixture = *state;

	fixture->system.log.log.debug = false;
	add_tty(fixture, "ttyAMA0", "32\n", "0x9000000\n");
	test_sysroot_write(fixture->system.directory,
			   "/sys/class/tty/ttyAMA0/device/of_node/compatible",
			   "arm,pl011\0arm,primecell", 24);
	write_consoles(fixture, CONSOLE_LINE("ttyAMA0", "EC  p a"));
	assert_int_equal(find(fixture, NULL), 0);
	test_log_expect(&fixture->system.log,
			"load with --serial=ttyAMA0, a console of the running kernel, if somebody "
			"has it open, or with --serial=none");
}

static void test_serial_unknown(void **state)
{
	struct fixture *fixture = *state;
	static const char *const names[] = {"ttyS9", "", ".", "../tty/ttyS1", "/dev/ttyS1"};
	size_t i;

	write_tty(fixture, "type", "4\n");
	write_tty(fixture, "iomem_base", "0x10000000\n");
	write_tty(fixture, "io_type", "2\n");
	write_tty(fixture, "iomem_reg_shift", "0\n");
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		assert_int_equal(find(fixture, names[i]), -ENODEV);
		test_log_expect(&fixture->system.log,
				"no UART of that name in /sys/class/tty (ports: ttyS1 (its clock "
				"may be off)): load with --serial=ttyS1 if");
	}
}

static void test_order(void **state)
{
	struct fixture *fixture = *state;
	static const struct spcr_case spcr = {.revision = 2,
					      .interface_type = 3,
					      .bit_width = 32,
					      .access_size = 3,
					      .address = 0x5000000};

	write_spcr(fixture, &spcr, 0);
	fixture->tree.fdt = make_tree();
	assert_int_equal(find(fixture, NULL), 0);
	assert_int_equal(fixture->console.address, 0x109000000);

	/* A clock that may be gated sends the choice on to SPCR. */
	set_cells(fixture->tree.fdt, UART, "clocks", CELLS(8, 1));
	assert_int_equal(find(fixture, NULL), 0);
	assert_int_equal(fixture->console.address, 0x5000000);

	assert_int_equal(find(fixture, "none"), 0);
	expect_nothing(fixture);

	assert_int_equal(console_find(&fixture->console, &arch_sbi, &fixture->tree,
				      &fixture->system.sysroot, NULL, &fixture->system.log.log),
			 0);
	expect_console(fixture, &(struct expected){.name = "SBI"});
	assert_int_equal(console_find(&fixture->console, &arch_sbi, &fixture->tree,
				      &fixture->system.sysroot, "none", &fixture->system.log.log),
			 0);
	expect_nothing(fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_devicetree_pl011_behind_bus, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_devicetree_found, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_devicetree_not_used, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_spcr, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_spcr_truncated, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_warning, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_serial, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_serial_with_node, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_pci, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_serial_running, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_gated_console, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_serial_unknown, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_order, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
