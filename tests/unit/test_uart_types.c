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

/* Where the node's registers are. */
#define NODE UINT64_C(0x1230890000)

/* A register that tells something: its values while the FIFO is full, while there is room, and when
 * all has been sent. */
struct status {
	uint32_t offset, width;
	uint32_t full, room, idle;
};

/*
 * A register that switches the transmitter on and off: what the kernel's driver leaves there when
 * the port is closed, and what it has while it writes to its console. Of these two only the bits
 * that concern the transmitter differ.
 */
struct control {
	uint32_t offset, width;
	uint32_t off, on;
};

/* A device; offsets are from the node's address on. */
struct model {
	const char *compatible;
	struct uart_layout layout; /* with a width of 0 the tree says nothing */
	uint32_t data_offset, data_width;
	struct status status[2]; /* the second one may be absent */
	bool big_endian;
	struct control control[2]; /* absent where the driver leaves the transmitter on */
};

/* LSR while there are interrupts and a received character: DR and more stay as they are. */
#define LSR(offset, width) {{offset, width, 0x01, 0x21, 0x61}}

/* No register switches the transmitter off. */
#define ALWAYS_ON {{0}}

static const struct model models[] = {
	/*
	 * FR: TXFF and BUSY, BUSY alone, TXFE; and CTS all the time. CR: RXE and TXE without
	 * UARTEN, as after a reset; UARTEN and RXE without TXE, as a driver for RS485 leaves it.
	 */
	{"arm,pl011",
	 {0},
	 0x00,
	 4,
	 {{0x18, 4, 0x29, 0x09, 0x81}},
	 false,
	 {{0x30, 4, 0x0300, 0x0301}}},
	{"arm,pl011",
	 {0},
	 0x00,
	 4,
	 {{0x18, 4, 0x29, 0x09, 0x81}},
	 false,
	 {{0x30, 4, 0x0201, 0x0301}}},
	{"arm,sbsa-uart", {0}, 0x00, 4, {{0x18, 4, 0x29, 0x09, 0x81}}, false, ALWAYS_ON},

	{"ns16550a", {0}, 0, 1, LSR(5, 1), false, ALWAYS_ON},
	{"ns16550a", {2, 1, false}, 0, 1, LSR(0x14, 1), false, ALWAYS_ON},
	{"ns16550a", {1, 2, false}, 0, 2, LSR(0x0a, 2), false, ALWAYS_ON},
	{"ns16550a", {2, 4, false}, 0, 4, LSR(0x14, 4), false, ALWAYS_ON},
	{"ns16550a", {2, 4, true}, 0, 4, LSR(0x14, 4), true, ALWAYS_ON},
	{"snps,dw-apb-uart", {2, 4, false}, 0, 4, LSR(0x14, 4), false, ALWAYS_ON},
	{"brcm,bcm2835-aux-uart", {0}, 0, 4, LSR(0x14, 4), false, ALWAYS_ON},
	{"mediatek,mt6577-uart", {0}, 0, 4, LSR(0x14, 4), false, ALWAYS_ON},
	{"ti,am654-uart", {0}, 0, 1, LSR(0x14, 1), false, ALWAYS_ON},
	{"nvidia,tegra20-uart", {0}, 0, 4, LSR(0x14, 4), false, ALWAYS_ON},
	/* IER: nothing, then UUE; what else is in it stays */
	{"intel,xscale-uart", {0}, 0, 1, LSR(5, 1), false, {{1, 1, 0x00, 0x40}}},
	{"intel,xscale-uart", {2, 4, false}, 0, 4, LSR(0x14, 4), false, {{4, 4, 0x10, 0x50}}},
	{"intel,xscale-uart", {2, 4, true}, 0, 4, LSR(0x14, 4), true, {{4, 4, 0x00, 0x40}}},
	{"mrvl,pxa-uart", {0}, 0, 4, LSR(0x14, 4), false, {{4, 4, 0x00, 0x40}}},
	{"socionext,uniphier-uart", {0}, 0, 4, LSR(0x14, 4), false, ALWAYS_ON},
	{"brcm,bcm7271-uart", {0}, 0, 4, LSR(0x14, 4), false, ALWAYS_ON},
	{"brcm,bcm7271-uart", {2, 4, true}, 0, 4, LSR(0x14, 4), true, ALWAYS_ON},
	{"nxp,lpc1850-uart", {0}, 0, 4, LSR(0x14, 4), false, ALWAYS_ON},
	{"renesas,em-uart", {0}, 0, 1, LSR(0x18, 4), false, ALWAYS_ON},

	/*
	 * UTS: TXFULL, nothing, TXEMPTY. USR2: TXFE, then TXDC too. UCR1: nothing, UARTEN. UCR2:
	 * IRTS, WS and SRST, which is 1 unless it resets; TXEN too.
	 */
	{"fsl,imx6q-uart",
	 {0},
	 0x40,
	 4,
	 {{0xb4, 4, 0x10, 0x00, 0x60}, {0x98, 4, 0x0001, 0x4001, 0x4009}},
	 false,
	 {{0x80, 4, 0x0000, 0x0001}, {0x84, 4, 0x4021, 0x4025}}},

	/*
	 * STAT: IDLE and RDRF, then TDRE, then TC; behind VERID and PARAM on i.MX. CTRL: IDLECFG,
	 * then TE too.
	 */
	{"fsl,imx8qxp-lpuart",
	 {0},
	 0x1c,
	 4,
	 {{0x14, 4, 0x300000, 0xb00000, 0xf00000}},
	 false,
	 {{0x18, 4, 0x00000300, 0x00080300}}},
	{"fsl,ls1028a-lpuart",
	 {0},
	 0x0c,
	 4,
	 {{0x04, 4, 0x300000, 0xb00000, 0xf00000}},
	 false,
	 {{0x08, 4, 0x00000300, 0x00080300}}},
	{"fsl,ls1021a-lpuart",
	 {0},
	 0x0c,
	 4,
	 {{0x04, 4, 0x300000, 0xb00000, 0xf00000}},
	 true,
	 {{0x08, 4, 0x00000300, 0x00080300}}},

	/* STATUS: TX_FULL and XMIT_BUSY; XMIT_BUSY, which stays while TX_EMPTY is there already */
	{"amlogic,meson-gx-uart",
	 {0},
	 0x00,
	 4,
	 {{0x0c, 4, 0x02204000, 0x02400000, 0x00500000}},
	 false,
	 ALWAYS_ON},

	/* SR: TXFULL and TACTIVE; TACTIVE and TXEMPTY; TXEMPTY. CR: TX_DIS, TX_EN; and RX_DIS */
	{"xlnx,xuartps",
	 {0},
	 0x30,
	 4,
	 {{0x2c, 4, 0x812, 0x80a, 0x00a}},
	 false,
	 {{0x00, 4, 0x28, 0x18}}},

	/*
	 * SCFDR: as many characters as the FIFO has; one less; none; and one that was received.
	 * SCSCR: CKE1, and the HSCIF's TOT; then TE too.
	 */
	{"renesas,scif",
	 {0},
	 0x0c,
	 1,
	 {{0x1c, 2, 0x1001, 0x0f01, 0x0001}},
	 false,
	 {{0x08, 2, 0x0002, 0x0022}}},
	{"renesas,scif-r9a07g044",
	 {0},
	 0x06,
	 1,
	 {{0x0e, 2, 0x1001, 0x0f01, 0x0001}},
	 false,
	 {{0x04, 2, 0x0002, 0x0022}}},
	{"renesas,hscif",
	 {0},
	 0x0c,
	 1,
	 {{0x1c, 2, 0x8001, 0x7f01, 0x0001}},
	 false,
	 {{0x08, 2, 0xc002, 0xc022}}},

	/*
	 * UFSTAT: full, 255 characters, none. UTRSTAT: nothing, TXFE, TXE. UCON: DMA sends, the CPU
	 * does; Apple's driver knows no DMA.
	 */
	{"samsung,exynos4210-uart",
	 {0},
	 0x20,
	 1,
	 {{0x18, 4, 0x01000003, 0x00ff0003, 0x00000003}, {0x10, 4, 0x1, 0x3, 0x7}},
	 false,
	 {{0x04, 4, 0x3c9, 0x3c5}}},
	{"samsung,exynos4210-uart",
	 {0, 4, false},
	 0x20,
	 4,
	 {{0x18, 4, 0x01000003, 0x00ff0003, 0x00000003}, {0x10, 4, 0x1, 0x3, 0x7}},
	 false,
	 {{0x04, 4, 0x3c9, 0x3c5}}},
	{"google,gs101-uart",
	 {0},
	 0x20,
	 4,
	 {{0x18, 4, 0x01000003, 0x00ff0003, 0x00000003}, {0x10, 4, 0x1, 0x3, 0x7}},
	 false,
	 {{0x04, 4, 0x3c9, 0x3c5}}},
	{"apple,s5l-uart",
	 {0},
	 0x20,
	 4,
	 {{0x18, 4, 0x203, 0x0f3, 0x003}, {0x10, 4, 0x1, 0x3, 0x7}},
	 false,
	 ALWAYS_ON},

	/* TXDATA: full or not; IP: RXWM, then TXWM too */
	{"sifive,uart0",
	 {0},
	 0x00,
	 4,
	 {{0x00, 4, 0x80000000, 0x00000000, 0x00000000}, {0x14, 4, 0x2, 0x2, 0x3}},
	 false,
	 ALWAYS_ON},

	/* STAT: TX_FIFO_FUL; TX_RDY; TX_FIFO_EMP and TX_EMP too */
	{"marvell,armada-3700-uart",
	 {0},
	 0x04,
	 4,
	 {{0x0c, 4, 0x0810, 0x0030, 0x2070}},
	 false,
	 ALWAYS_ON},
	{"marvell,armada-3700-uart-ext",
	 {0},
	 0x1c,
	 4,
	 {{0x0c, 4, 0x4810, 0xc010, 0xe050}},
	 false,
	 ALWAYS_ON},
};

/* The device that is there. */
static struct {
	const struct model *model;
	unsigned int refusals; /* before each character */
	unsigned int refused;  /* since the last one */
	bool idle;	       /* all has been sent */
	unsigned int reads;    /* of its status */
	uint32_t control[2];   /* the registers of the model */
	unsigned int switched; /* how often one of them was written */
	char text[32];
	size_t length;
} device;

/* True if a register of the model is there. */
static bool is_at(uint64_t address, uint32_t offset, uint32_t width)
{
	return width && address == NODE + offset;
}

/* The value as the bus has it; for the way there and back. */
static uint32_t on_bus(uint32_t value)
{
	return device.model->big_endian ? __builtin_bswap32(value) : value;
}

static bool is_on(size_t i)
{
	return device.control[i] == device.model->control[i].on;
}

static uint32_t read_status(const struct status *status)
{
	const bool full = device.refused < device.refusals;

	device.reads++;
	device.refused += full;
	return full ? status->full : device.idle ? status->idle : status->room;
}

uint32_t mmio_read(uint64_t address, uint32_t width)
{
	for (size_t i = 0; i < ARRAY_SIZE(device.model->status); i++) {
		const struct status *status = &device.model->status[i];

		if (!is_at(address, status->offset, status->width))
			continue;
		assert_int_equal(width, status->width);
		return on_bus(read_status(status));
	}
	for (size_t i = 0; i < ARRAY_SIZE(device.model->control); i++) {
		const struct control *control = &device.model->control[i];

		if (!is_at(address, control->offset, control->width))
			continue;
		assert_int_equal(width, control->width);
		return on_bus(device.control[i]);
	}
	fail_msg("%s: a read at 0x%x", device.model->compatible, (unsigned int)(address - NODE));
	return 0;
}

/* Nothing but the transmitter is switched, in the order of the registers. */
static void write_control(size_t i, uint32_t width, uint32_t value)
{
	const struct control *control = &device.model->control[i];

	assert_int_equal(width, control->width);
	assert_int_equal((value ^ device.control[i]) & ~(control->off ^ control->on), 0);
	assert_true(i == 0 || is_on(0));
	device.control[i] = value;
	device.switched++;
}

static void write_character(uint32_t width, uint32_t value)
{
	assert_int_equal(width, device.model->data_width);
	if (device.refused < device.refusals)
		fail_msg("%s: a character is lost", device.model->compatible);
	if (!is_on(0) || !is_on(1))
		fail_msg("%s: the transmitter is off", device.model->compatible);
	assert_true(value <= UINT8_MAX);
	assert_true(device.length < sizeof(device.text));
	device.text[device.length++] = (char)value;
	device.refused = 0;
	device.idle = false;
}

void mmio_write(uint64_t address, uint32_t width, uint32_t value)
{
	for (size_t i = 0; i < ARRAY_SIZE(device.model->control); i++) {
		const struct control *control = &device.model->control[i];

		if (is_at(address, control->offset, control->width)) {
			write_control(i, width, on_bus(value));
			return;
		}
	}
	assert_int_equal(address, NODE + device.model->data_offset);
	write_character(width, on_bus(value));
}

/* Open the UART by what kexec patches. */
static void open_uart(struct uart *uart, const struct console *console)
{
	struct purgatory_ending ending = {.console_address = console->address,
					  .console_data_shift = console->data_shift};

	memcpy(ending.console_registers, console->registers, sizeof(ending.console_registers));
	uart_open(uart, &ending);
}

/*
 * Let the device of the model be there with its transmitter off, and open it by the description
 * that kexec makes.
 */
static void begin(const struct model *model, unsigned int refusals, struct uart *uart)
{
	const struct uart_type *type = uart_type_find_compatible(model->compatible);
	struct console console;

	memset(&device, 0, sizeof(device));
	device.model = model;
	device.refusals = refusals;
	for (size_t i = 0; i < ARRAY_SIZE(device.control); i++)
		device.control[i] = model->control[i].off;
	assert_non_null(type);
	uart_type_describe(type, NODE + type->base,
			   model->layout.width ? &model->layout : &type->layout, &console);
	assert_true(console_is_reachable(&console));
	open_uart(uart, &console);
}

/*
 * Its transmitter is off, as the driver leaves it when the port is closed. It says no some times
 * before each character, then yes.
 */
static void test_written(void **state)
{
	static const char text[] = "\r\nA\xff";

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(models); i++) {
		size_t done = 0;
		struct uart uart;

		begin(&models[i], 3, &uart);
		uart_enable(&uart);
		for (unsigned int round = 0; done < strlen(text) && round < 100; round++)
			done += uart_write(&uart, text + done, strlen(text) - done);
		assert_int_equal(done, strlen(text));
		assert_int_equal(device.length, strlen(text));
		assert_memory_equal(device.text, text, strlen(text));
		assert_int_equal(device.reads, 4 * strlen(text));
	}
}

/* A transmitter that is on is left alone. */
static void test_enabled(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(models); i++) {
		struct uart uart;

		begin(&models[i], 0, &uart);
		for (size_t j = 0; j < ARRAY_SIZE(device.control); j++)
			device.control[j] = models[i].control[j].on;
		uart_enable(&uart);
		assert_int_equal(device.switched, 0);
		assert_int_equal(device.length, 0);
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
		cmocka_unit_test(test_written),	    cmocka_unit_test(test_enabled),
		cmocka_unit_test(test_never_ready), cmocka_unit_test(test_idle),
		cmocka_unit_test(test_all_types),   cmocka_unit_test(test_names),
		cmocka_unit_test(test_compatibles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
