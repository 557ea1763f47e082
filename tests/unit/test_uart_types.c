/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The table of UARTs against devices: purgatory's routine writes to a model of each, whose
 * registers have the values that the device would show. What the models know stands here once more,
 * after the kernel's drivers and not after the table.
 */
#include "support.h"

#include <linux/serial.h>
#include <linux/serial_core.h>
#include <stdbool.h>
#include <string.h>

#include "../../purgatory/mmio.h"
#include "../../purgatory/uart.h"
#include "console/console_source.h"
#include "console/uart_types.h"

const volatile uint64_t purgatory_console_address = 0;
const volatile uint32_t purgatory_console_data_shift = 0;
const volatile struct purgatory_register purgatory_console_registers[PURGATORY_REGISTER_COUNT] = {
	{0}};

/* Where the node's registers are. */
#define NODE UINT64_C(0x1230890000)

/* A register that tells something: its values while the FIFO is full, while there is room, and when
 * all has been sent. */
struct status {
	uint32_t offset, width;
	uint32_t full, room, idle;
};

/* A device; offsets are from the node's address on. */
struct model {
	const char *compatible;
	struct uart_layout layout; /* with a width of 0 the tree says nothing */
	uint32_t data_offset, data_width;
	struct status status[2]; /* the second one may be absent */
	bool big_endian;
};

/* LSR while there are interrupts and a received character: DR and more stay as they are. */
#define LSR(offset, width) {{offset, width, 0x01, 0x21, 0x61}}

static const struct model models[] = {
	/* FR: TXFF and BUSY, BUSY alone, TXFE; and CTS all the time */
	{"arm,pl011", {0}, 0x00, 4, {{0x18, 4, 0x29, 0x09, 0x81}}, false},
	{"arm,sbsa-uart", {0}, 0x00, 4, {{0x18, 4, 0x29, 0x09, 0x81}}, false},

	{"ns16550a", {0}, 0, 1, LSR(5, 1), false},
	{"ns16550a", {2, 1, false}, 0, 1, LSR(0x14, 1), false},
	{"ns16550a", {1, 2, false}, 0, 2, LSR(0x0a, 2), false},
	{"ns16550a", {2, 4, false}, 0, 4, LSR(0x14, 4), false},
	{"ns16550a", {2, 4, true}, 0, 4, LSR(0x14, 4), true},
	{"snps,dw-apb-uart", {2, 4, false}, 0, 4, LSR(0x14, 4), false},
	{"brcm,bcm2835-aux-uart", {0}, 0, 4, LSR(0x14, 4), false},
	{"mediatek,mt6577-uart", {0}, 0, 4, LSR(0x14, 4), false},
	{"ti,am654-uart", {0}, 0, 1, LSR(0x14, 1), false},
	{"nvidia,tegra20-uart", {0}, 0, 4, LSR(0x14, 4), false},
	{"mrvl,pxa-uart", {0}, 0, 4, LSR(0x14, 4), false},
	{"socionext,uniphier-uart", {0}, 0, 4, LSR(0x14, 4), false},
	{"brcm,bcm7271-uart", {0}, 0, 4, LSR(0x14, 4), false},
	{"brcm,bcm7271-uart", {2, 4, true}, 0, 4, LSR(0x14, 4), true},
	{"nxp,lpc1850-uart", {0}, 0, 4, LSR(0x14, 4), false},
	{"renesas,em-uart", {0}, 0, 1, LSR(0x18, 4), false},

	/* UTS: TXFULL, nothing, TXEMPTY. USR2: TXFE, then TXDC too */
	{"fsl,imx6q-uart",
	 {0},
	 0x40,
	 4,
	 {{0xb4, 4, 0x10, 0x00, 0x60}, {0x98, 4, 0x0001, 0x4001, 0x4009}},
	 false},

	/* STAT: IDLE and RDRF, then TDRE, then TC; behind VERID and PARAM on i.MX */
	{"fsl,imx8qxp-lpuart", {0}, 0x1c, 4, {{0x14, 4, 0x300000, 0xb00000, 0xf00000}}, false},
	{"fsl,ls1028a-lpuart", {0}, 0x0c, 4, {{0x04, 4, 0x300000, 0xb00000, 0xf00000}}, false},
	{"fsl,ls1021a-lpuart", {0}, 0x0c, 4, {{0x04, 4, 0x300000, 0xb00000, 0xf00000}}, true},

	/* STATUS: TX_FULL and XMIT_BUSY; XMIT_BUSY, which stays while TX_EMPTY is there already */
	{"amlogic,meson-gx-uart",
	 {0},
	 0x00,
	 4,
	 {{0x0c, 4, 0x02204000, 0x02400000, 0x00500000}},
	 false},

	/* SR: TXFULL and TACTIVE; TACTIVE and TXEMPTY; TXEMPTY */
	{"xlnx,xuartps", {0}, 0x30, 4, {{0x2c, 4, 0x812, 0x80a, 0x00a}}, false},

	/* SCFDR: as many characters as the FIFO has; one less; none; and one that was received */
	{"renesas,scif", {0}, 0x0c, 1, {{0x1c, 2, 0x1001, 0x0f01, 0x0001}}, false},
	{"renesas,scif-r9a07g044", {0}, 0x06, 1, {{0x0e, 2, 0x1001, 0x0f01, 0x0001}}, false},
	{"renesas,hscif", {0}, 0x0c, 1, {{0x1c, 2, 0x8001, 0x7f01, 0x0001}}, false},

	/* UFSTAT: full, 255 characters, none. UTRSTAT: nothing, TXFE, TXE */
	{"samsung,exynos4210-uart",
	 {0},
	 0x20,
	 1,
	 {{0x18, 4, 0x01000003, 0x00ff0003, 0x00000003}, {0x10, 4, 0x1, 0x3, 0x7}},
	 false},
	{"samsung,exynos4210-uart",
	 {0, 4, false},
	 0x20,
	 4,
	 {{0x18, 4, 0x01000003, 0x00ff0003, 0x00000003}, {0x10, 4, 0x1, 0x3, 0x7}},
	 false},
	{"google,gs101-uart",
	 {0},
	 0x20,
	 4,
	 {{0x18, 4, 0x01000003, 0x00ff0003, 0x00000003}, {0x10, 4, 0x1, 0x3, 0x7}},
	 false},
	{"apple,s5l-uart",
	 {0},
	 0x20,
	 4,
	 {{0x18, 4, 0x203, 0x0f3, 0x003}, {0x10, 4, 0x1, 0x3, 0x7}},
	 false},

	/* TXDATA: full or not; IP: RXWM, then TXWM too */
	{"sifive,uart0",
	 {0},
	 0x00,
	 4,
	 {{0x00, 4, 0x80000000, 0x00000000, 0x00000000}, {0x14, 4, 0x2, 0x2, 0x3}},
	 false},

	/* STAT: TX_FIFO_FUL; TX_RDY; TX_FIFO_EMP and TX_EMP too */
	{"marvell,armada-3700-uart", {0}, 0x04, 4, {{0x0c, 4, 0x0810, 0x0030, 0x2070}}, false},
	{"marvell,armada-3700-uart-ext", {0}, 0x1c, 4, {{0x0c, 4, 0x4810, 0xc010, 0xe050}}, false},
};

/* The device that is there. */
static struct {
	const struct model *model;
	unsigned int refusals; /* before each character */
	unsigned int refused;  /* since the last one */
	bool idle;	       /* all has been sent */
	unsigned int reads;
	char text[32];
	size_t length;
} device;

uint32_t mmio_read(uint64_t address, uint32_t width)
{
	for (size_t i = 0; i < ARRAY_SIZE(device.model->status); i++) {
		const struct status *status = &device.model->status[i];
		uint32_t value;

		if (!status->width || address != NODE + status->offset)
			continue;
		assert_int_equal(width, status->width);
		device.reads++;
		value = device.refused < device.refusals ? status->full
			: device.idle			 ? status->idle
							 : status->room;
		device.refused += device.refused < device.refusals;
		return device.model->big_endian ? __builtin_bswap32(value) : value;
	}
	fail_msg("%s: a read at 0x%x", device.model->compatible, (unsigned int)(address - NODE));
	return 0;
}

void mmio_write(uint64_t address, uint32_t width, uint32_t value)
{
	assert_int_equal(address, NODE + device.model->data_offset);
	assert_int_equal(width, device.model->data_width);
	if (device.refused < device.refusals)
		fail_msg("%s: a character is lost", device.model->compatible);
	if (device.model->big_endian)
		value = __builtin_bswap32(value);
	assert_true(value <= UINT8_MAX);
	assert_true(device.length < sizeof(device.text));
	device.text[device.length++] = (char)value;
	device.refused = 0;
	device.idle = false;
}

/* Let the device of the model be there, and describe it as kexec does. */
static void begin(const struct model *model, unsigned int refusals, struct uart *uart)
{
	const struct uart_type *type = uart_type_find_compatible(model->compatible);
	struct console console;

	memset(&device, 0, sizeof(device));
	device.model = model;
	device.refusals = refusals;
	assert_non_null(type);
	uart_type_describe(type, NODE + type->base,
			   model->layout.width ? &model->layout : &type->layout, &console);
	assert_true(console_is_reachable(&console));
	uart->address = console.address;
	uart->data_shift = console.data_shift;
	memcpy(uart->registers, console.registers, sizeof(uart->registers));
}

/* It says no some times before each character, then yes. */
static void test_written(void **state)
{
	static const char text[] = "\r\nA\xff";

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(models); i++) {
		size_t done = 0;
		struct uart uart;

		begin(&models[i], 3, &uart);
		for (unsigned int round = 0; done < strlen(text) && round < 100; round++)
			done += uart_write(&uart, text + done, strlen(text) - done);
		assert_int_equal(done, strlen(text));
		assert_int_equal(device.length, strlen(text));
		assert_memory_equal(device.text, text, strlen(text));
		assert_int_equal(device.reads, 4 * strlen(text));
	}
}

/* It never has room: nothing is written, and each question is one read. */
static void test_never_ready(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(models); i++) {
		struct uart uart;

		begin(&models[i], UINT32_MAX, &uart);
		for (unsigned int round = 0; round < 10; round++)
			assert_int_equal(uart_write(&uart, "no", 2), 0);
		assert_int_equal(device.reads, 10);
		assert_int_equal(device.length, 0);
	}
}

/* It is idle when all has been sent, and not before. */
static void test_idle(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(models); i++) {
		struct uart uart;

		begin(&models[i], 1, &uart);
		assert_false(uart_is_idle(&uart));
		assert_false(uart_is_idle(&uart));
		device.idle = true;
		assert_true(uart_is_idle(&uart));
		assert_int_equal(device.length, 0);
	}
}

/* Every row has a model. */
static void test_all_types(void **state)
{
	(void)state;
	for (const struct uart_type *type = uart_types; type->name; type++) {
		bool found = false;

		for (size_t i = 0; i < ARRAY_SIZE(models); i++)
			found |= uart_type_find_compatible(models[i].compatible) == type;
		if (!found)
			fail_msg("%s has no model", type->name);
	}
}

/* No string and no number names two types, and the lists end. */
static void test_names(void **state)
{
	(void)state;
	for (const struct uart_type *type = uart_types; type->name; type++) {
		assert_null(type->compatible[UART_COMPATIBLE_MAX - 1]);
		assert_int_equal(type->ports[UART_PORTS_MAX - 1], PORT_UNKNOWN);
		assert_non_null(type->compatible[0]);
		for (const char *const *name = type->compatible; *name; name++)
			assert_ptr_equal(uart_type_find_compatible(*name), type);
		for (const uint16_t *port = type->ports; *port != PORT_UNKNOWN; port++)
			assert_ptr_equal(uart_type_find_port(*port), type);
	}
	assert_null(uart_type_find_compatible(""));
	assert_null(uart_type_find_compatible("qcom,geni-debug-uart"));
	assert_null(uart_type_find_port(PORT_UNKNOWN));
	assert_null(uart_type_find_port(PORT_MSM));
	assert_null(uart_type_find_port(UINT64_C(0x10000) + PORT_AMBA));
}

/* The first string of a node that a row has decides, as drivers do; the rest is not looked at. */
static void test_compatibles(void **state)
{
	static const struct {
		const char *strings;
		size_t size;
		const char *name;
	} cases[] = {
		{"fsl,imx8mp-uart\0fsl,imx6q-uart", 31, "i.MX UART"},
		{"renesas,scif-r8a7795\0renesas,rcar-gen3-scif\0renesas,scif", 58, "SCIF"},
		{"arm,pl011\0ns16550a", 19, "PL011"},
		{"ns16550a\0arm,pl011", 19, "8250"},
		{"arm,primecell", 14, NULL},
		{"arm,pl011", 9, NULL},
		{"x\0arm,pl011", 11, NULL},
		{"", 0, NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct uart_type *type =
			uart_type_find_compatibles(cases[i].strings, cases[i].size);

		if (cases[i].name)
			assert_string_equal(type ? type->name : "none", cases[i].name);
		else
			assert_null(type);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_written), cmocka_unit_test(test_never_ready),
		cmocka_unit_test(test_idle),	cmocka_unit_test(test_all_types),
		cmocka_unit_test(test_names),	cmocka_unit_test(test_compatibles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
