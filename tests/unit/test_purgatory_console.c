/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Purgatory's console against devices and firmware that do not take anything. Time goes by with
 * each question for it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Here they change. */
#define PURGATORY_PATCHED volatile

#include "../../purgatory/arch_interface.h"
#include "../../purgatory/console.h"
#include "../../purgatory/ending.h"
#include "../../purgatory/line.h"
#include "../../purgatory/mmio.h"
#include "../../purgatory/riscv64/sbi.h"
#include "../../purgatory/timer.h"
#include "purgatory.h"

#define FREQUENCY      UINT64_C(1000000)
#define MILLISECOND    (FREQUENCY / 1000)
#define DBCN	       UINT64_C(0x4442434e)
#define LEGACY_PUTCHAR UINT64_C(1)

/* The machine that purgatory sees. */
static struct {
	uint64_t frequency;
	uint64_t now, step; /* the counter, and what each read adds */
	uint64_t idle_at;   /* when the UART has sent all */
	uint64_t refusals;  /* how often it says that there is no room, before each byte */
	uint64_t refused;   /* how often it has said so since the last byte */
	uint64_t calls;	    /* of the console */
	uint32_t control;   /* the UART's register that switches its transmitter */
	uint64_t switched;  /* how often it was touched */
	uint64_t takes;	    /* how many bytes before it refuses */
	bool has_dbcn;
	int64_t error; /* of firmware when it refuses; 0: no room */
	char text[LINE_SIZE];
	size_t length;
} machine;

uint64_t arch_counter(void)
{
	machine.now += machine.step;
	return machine.now;
}

uint64_t arch_counter_frequency(void)
{
	return machine.frequency;
}

volatile uint64_t purgatory_timer_frequency;
/* What is patched, instead of purgatory/ending.c. */
static struct purgatory_ending ending;

void ending_read(struct purgatory_ending *values)
{
	*values = ending;
}

/*
 * The UART: a character goes to 0x1000, its flags are at 0x2000, and the register at 0x3000
 * switches the transmitter on.
 */
#define UART  0x40000000
#define FULL  0x4
#define READY 0x10
#define ON    0x2
#define OTHER 0x5 /* what else is in that register */

static void take(const char *text, size_t length)
{
	assert_true(machine.length + length <= sizeof(machine.text));
	memcpy(machine.text + machine.length, text, length);
	machine.length += length;
}

static struct sbi_result refuse(void)
{
	return (struct sbi_result){.error = machine.error};
}

struct sbi_result sbi_call(uint64_t argument0, uint64_t argument1, uint64_t argument2,
			   uint64_t argument3, uint64_t argument4, uint64_t argument5,
			   uint64_t function, uint64_t extension)
{
	uint64_t room = machine.takes - machine.length;
	char character = (char)argument0;

	(void)argument2;
	(void)argument3;
	(void)argument4;
	(void)argument5;
	(void)function;
	if (extension != DBCN && extension != LEGACY_PUTCHAR)
		return (struct sbi_result){.value = machine.has_dbcn};
	machine.calls++;
	if (room == 0)
		return refuse();
	if (extension == LEGACY_PUTCHAR) {
		take(&character, 1);
		return (struct sbi_result){.value = 0};
	}
	if (room > argument0)
		room = argument0;
	take((const char *)(uintptr_t)argument1, room);
	return (struct sbi_result){.value = room};
}

uint32_t mmio_read(uint64_t address, uint32_t width)
{
	assert_int_equal(width, 4);
	if (address == UART + 0x3000) {
		machine.switched++;
		return machine.control;
	}
	assert_int_equal(address, UART + 0x2000);
	machine.calls++;
	return (machine.refused++ < machine.refusals ? FULL : 0) |
	       (machine.now >= machine.idle_at ? READY : 0);
}

void mmio_write(uint64_t address, uint32_t width, uint32_t value)
{
	const char character = (char)value;

	if (address == UART + 0x3000) {
		assert_int_equal(width, 4);
		machine.switched++;
		machine.control = value;
		return;
	}
	assert_int_equal(address, UART + 0x1000);
	assert_int_equal(width, 1);
	assert_true(value <= UINT8_MAX);
	if (machine.control & ON)
		take(&character, 1);
	machine.refused = 0;
}

/* Patch the description of that UART in. */
static void patch_uart(void)
{
	static const struct purgatory_register registers[PURGATORY_REGISTER_COUNT] = {
		[PURGATORY_REGISTER_DATA] = {0x1000, 1, 0, 0},
		[PURGATORY_REGISTER_ROOM] = {0x2000, 4, FULL, 0},
		[PURGATORY_REGISTER_IDLE] = {0x2000, 4, READY, READY},
		[PURGATORY_REGISTER_ENABLE] = {0x3000, 4, ON, ON},
	};

	ending.console_type = PURGATORY_CONSOLE_UART;
	ending.console_address = UART;
	machine.control = OTHER | ON;
	memcpy(ending.console_registers, registers, sizeof(registers));
}

static int set_up(void **state)
{
	(void)state;
	memset(&machine, 0, sizeof(machine));
	machine.frequency = FREQUENCY;
	machine.step = 1;
	machine.takes = LINE_SIZE;
	ending.console_type = PURGATORY_CONSOLE_SBI;
	return 0;
}

static void write_line(struct console *console)
{
	console_open(console);
	assert_int_not_equal(console->type, PURGATORY_CONSOLE_NONE);
	console_write_text(console, "hello");
}

static void test_written(void **state)
{
	struct console console;

	(void)state;
	for (int i = 0; i < 2; i++) {
		machine.has_dbcn = i;
		machine.length = 0;
		write_line(&console);
		assert_int_equal(console.type, PURGATORY_CONSOLE_SBI);
		assert_int_equal(machine.length, strlen("purgatory: hello\r\n"));
		assert_memory_equal(machine.text, "purgatory: hello\r\n", machine.length);
	}
	/* The whole line at once; and byte by byte before. */
	assert_int_equal(machine.calls, machine.length + 1);
}

/* Firmware that says no is not asked again, whether or not the time is known. */
static void test_refused(void **state)
{
	static const struct {
		bool has_dbcn;
		uint64_t frequency, takes, calls;
	} cases[] = {
		{true, FREQUENCY, 0, 1},
		{true, 0, 0, 1},
		{true, 0, 4, 2},
		{false, FREQUENCY, 0, 1},
		{false, 0, 0, 1},
		{false, 0, 4, 6}, /* asked twice after four: what came before is told first */
	};
	struct console console;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		set_up(NULL);
		machine.error = -1;
		machine.has_dbcn = cases[i].has_dbcn;
		machine.frequency = cases[i].frequency;
		machine.takes = cases[i].takes;
		write_line(&console);
		assert_int_equal(console.type, PURGATORY_CONSOLE_NONE);
		assert_int_equal(machine.calls, cases[i].calls);
		console_write_text(&console, "more");
		assert_int_equal(machine.calls, cases[i].calls);
		assert_int_equal(machine.length, cases[i].takes);
	}
}

/* Firmware that has no room is asked for 20 ms; without time, so often that it is about as long. */
static void test_no_room(void **state)
{
	struct console console;

	(void)state;
	machine.has_dbcn = true;
	machine.takes = 3;
	write_line(&console);
	assert_int_equal(console.type, PURGATORY_CONSOLE_NONE);
	assert_in_range(machine.now, 20 * MILLISECOND, 21 * MILLISECOND);

	set_up(NULL);
	machine.has_dbcn = true;
	machine.takes = 3;
	machine.frequency = 0;
	write_line(&console);
	assert_int_equal(console.type, PURGATORY_CONSOLE_NONE);
	assert_in_range(machine.calls, 1 << 16, 1 << 18);
}

/* A UART that refuses some times before each byte gets the line all the same. */
static void test_uart_written(void **state)
{
	struct console console;

	(void)state;
	patch_uart();
	machine.refusals = 5;
	write_line(&console);
	assert_int_equal(console.type, PURGATORY_CONSOLE_UART);
	assert_int_equal(machine.length, strlen("purgatory: hello\r\n"));
	assert_memory_equal(machine.text, "purgatory: hello\r\n", machine.length);
	/* Before each byte five times no, and once yes. */
	assert_int_equal(machine.calls, 6 * machine.length);
}

/*
 * One that is off is switched on for a line, and not before: what went wrong before may be the UART
 * itself. The register keeps what else is in it.
 */
static void test_uart_off(void **state)
{
	struct console console;

	(void)state;
	patch_uart();
	machine.control = OTHER;
	console_open(&console);
	console_drain(&console);
	assert_int_equal(machine.switched, 0);
	console_write_text(&console, "hello");
	assert_int_equal(machine.control, OTHER | ON);
	assert_memory_equal(machine.text, "purgatory: hello\r\n", strlen("purgatory: hello\r\n"));
	/* Even if it is off again, as a kernel would leave it that does not come up. */
	machine.control = OTHER;
	console_write_text(&console, "more");
	assert_int_equal(machine.control, OTHER | ON);
	assert_int_equal(machine.length, strlen("purgatory: hello\r\npurgatory: more\r\n"));
}

/* One that never has room is dropped after 20 ms, and touched no more. */
static void test_uart_stuck(void **state)
{
	struct console console;
	uint64_t calls;

	(void)state;
	patch_uart();
	machine.refusals = UINT64_MAX;
	write_line(&console);
	assert_int_equal(console.type, PURGATORY_CONSOLE_NONE);
	assert_int_equal(machine.length, 0);
	assert_in_range(machine.now, 20 * MILLISECOND, 21 * MILLISECOND);
	calls = machine.calls;
	console_write_text(&console, "more");
	console_drain(&console);
	assert_int_equal(machine.calls, calls);
}

/* Nothing is touched where there is no console, or one that purgatory does not know. */
static void test_none(void **state)
{
	static const uint32_t types[] = {PURGATORY_CONSOLE_NONE, PURGATORY_CONSOLE_NONE + 1,
					 UINT32_MAX};

	(void)state;
	patch_uart();
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		struct console console;

		ending.console_type = types[i];
		console_open(&console);
		assert_int_equal(console.type, PURGATORY_CONSOLE_NONE);
		console_write_text(&console, "hello");
		console_drain(&console);
	}
	assert_int_equal(machine.calls, 0);
	assert_int_equal(machine.switched, 0);
	assert_int_equal(machine.now, 0);
}

static void test_drain(void **state)
{
	static const struct {
		uint64_t milliseconds;
		bool kept;
	} cases[] = {{0, true}, {67, true}, {240, true}, {260, false}, {UINT32_MAX, false}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct console console;

		set_up(NULL);
		patch_uart();
		machine.idle_at = cases[i].milliseconds * MILLISECOND;
		console_open(&console);
		console_drain(&console);
		assert_int_equal(console.type == PURGATORY_CONSOLE_UART, cases[i].kept);
		assert_true(machine.now <= 251 * MILLISECOND);
	}
}

/* A counter that stands still does not stop everything. */
static void test_drain_without_time(void **state)
{
	struct console console;

	(void)state;
	patch_uart();
	machine.step = 0;
	machine.idle_at = 1;
	console_open(&console);
	console_drain(&console);
	assert_int_equal(console.type, PURGATORY_CONSOLE_NONE);
	assert_in_range(machine.calls, CONSOLE_REGISTER_POLLS_MAX, CONSOLE_REGISTER_POLLS_MAX + 1);
}

/* The largest product of frequency and time limit. */
static void test_frequency_extreme(void **state)
{
	struct timeout timeout;

	(void)state;
	machine.frequency = UINT64_MAX;
	machine.step = 0;
	timeout_start(&timeout, 250, 4);
	machine.now = UINT64_MAX / 5;
	assert_false(timeout_expired(&timeout));
	machine.now = UINT64_MAX / 3;
	assert_true(timeout_expired(&timeout));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_written, set_up),
		cmocka_unit_test_setup(test_refused, set_up),
		cmocka_unit_test_setup(test_no_room, set_up),
		cmocka_unit_test_setup(test_uart_written, set_up),
		cmocka_unit_test_setup(test_uart_off, set_up),
		cmocka_unit_test_setup(test_uart_stuck, set_up),
		cmocka_unit_test_setup(test_none, set_up),
		cmocka_unit_test_setup(test_drain, set_up),
		cmocka_unit_test_setup(test_drain_without_time, set_up),
		cmocka_unit_test_setup(test_frequency_extreme, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
