/* SPDX-License-Identifier: GPL-2.0-only */
/* How purgatory ends without entering the next kernel: what it does, in which order. */
#include "support.h"

#include <stdio.h>
#include <string.h>

#define PURGATORY_PATCHED
#include "../../purgatory/arch_interface.h"
#include "../../purgatory/console.h"
#include "../../purgatory/ending.h"
#include "../../purgatory/engine.h"
#include "../../purgatory/line.h"
#include "../../purgatory/pstore.h"
#include "../../purgatory/serror.h"
#include "../../purgatory/stop.h"

#define METHOD PURGATORY_RESET_PSCI_HVC

static const char damaged_text[] = "purgatory: MISMATCH segment=purgatory";

/* second.S has the same; here it may be lost. */
char stop_damaged_text[sizeof(damaged_text)];

/* What is patched, what is so, and what happened: a line for each step. */
static struct {
	struct purgatory_ending ending;
	bool has_exited;
	char steps[1024];
	size_t length;
	jmp_buf halted;
} machine;

__attribute__((format(printf, 1, 2))) static void add_step(const char *format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(machine.steps + machine.length, sizeof(machine.steps) - machine.length,
			   format, arguments);
	va_end(arguments);
	assert_in_range(length, 0, sizeof(machine.steps) - machine.length - 1);
	machine.length += (size_t)length;
}

void ending_read(struct purgatory_ending *ending)
{
	*ending = machine.ending;
}

void console_open(struct console *console)
{
	console->type = PURGATORY_CONSOLE_UART;
	add_step("open\n");
}

void console_write_line(struct console *console, struct line *line)
{
	assert_int_equal(console->type, PURGATORY_CONSOLE_UART);
	add_step("%.*s\n", (int)line->length, line->text);
	line->length = 0; /* nobody may use it any more */
}

void console_write_text(struct console *console, const char *text)
{
	assert_int_equal(console->type, PURGATORY_CONSOLE_UART);
	add_step("%s\n", text);
}

void console_drain(struct console *console)
{
	(void)console;
	add_step("drain\n");
}

void pstore_append(const char *text, size_t length)
{
	add_step("kept %.*s\n", (int)length, text);
}

void serror_add(struct line *line)
{
	line_add_decimal(line, "serror", 1);
}

const char *engine_name(uint32_t engine)
{
	return engine == 3 ? "three" : "another";
}

uint32_t arch_engine(void)
{
	return 3;
}

bool arch_has_exited(void)
{
	return machine.has_exited;
}

void arch_reset(uint32_t method)
{
	assert_int_equal(method, METHOD);
	add_step("reset\n");
}

_Noreturn void arch_halt(void)
{
	add_step("halt\n");
	longjmp(machine.halted, 1);
}

static int set_up(void **state)
{
	(void)state;
	memset(&machine, 0, sizeof(machine));
	machine.ending.reset_method = METHOD;
	machine.ending.mismatch_policy = PURGATORY_POLICY_RESET;
	memcpy(stop_damaged_text, damaged_text, sizeof(damaged_text));
	return 0;
}

#define RESET "resetting\ndrain\nreset\nreset failed, halted\ndrain\nhalt\n"
#define DAMAGED                                                               \
	"purgatory: MISMATCH segment=purgatory address=0x40000000 offset=0x0" \
	" expected=0x1 actual=0x2 serror=1\n"
#define EXPECT(call, expected)                                  \
	do {                                                    \
		if (!setjmp(machine.halted))                    \
			call;                                   \
		assert_string_equal(machine.steps, (expected)); \
	} while (0)

static void test_reset(void **state)
{
	struct console console = {.type = PURGATORY_CONSOLE_UART};

	(void)state;
	EXPECT(stop(&console), RESET);
}

/* One value means halt. What is damaged means reset. */
static void test_policies(void **state)
{
	struct console console = {.type = PURGATORY_CONSOLE_UART};

	machine.ending.mismatch_policy = PURGATORY_POLICY_HALT;
	EXPECT(stop(&console), "halted\ndrain\nhalt\n");
	set_up(state);
	machine.ending.mismatch_policy = PURGATORY_POLICY_HALT | 0x80;
	EXPECT(stop(&console), RESET);
	set_up(state);
	machine.ending.mismatch_policy = PURGATORY_POLICY_BOOT;
	EXPECT(stop(&console), RESET);
}

static void test_report(void **state)
{
	struct console console = {.type = PURGATORY_CONSOLE_UART};
	struct line line;

	(void)state;
	line_begin(&line, "MISMATCH");
	stop_report(&console, &line);
	assert_string_equal(machine.steps, "kept purgatory: MISMATCH serror=1\n"
					   "purgatory: MISMATCH serror=1\n");
}

/* The log that may fault comes after the line, and has the same. */
static void test_fault(void **state)
{
	struct line line;

	line_begin(&line, stop_fault_text());
	EXPECT(stop_fault(&line), "open\n"
				  "purgatory: FAULT engine=three serror=1\n"
				  "kept purgatory: FAULT engine=three serror=1\n" RESET);
	set_up(state);
	machine.has_exited = true;
	line_begin(&line, stop_fault_text());
	EXPECT(stop_fault(&line), "open\n"
				  "purgatory: next kernel FAULT serror=1\n"
				  "kept purgatory: next kernel FAULT serror=1\n" RESET);
}

/* If the texts of the other page are lost, the line is what is left. */
static void test_damaged(void **state)
{
	EXPECT(stop_damaged(0x40000000, 1, 2), "open\nkept " DAMAGED DAMAGED RESET);
	set_up(state);
	stop_damaged_text[sizeof(damaged_text) - 2] = 'Y';
	EXPECT(stop_damaged(0x40000000, 1, 2),
	       "open\nkept purgatory: MISMATCH segment=purgatorY serror=1\n"
	       "purgatory: MISMATCH segment=purgatorY serror=1\n" RESET);
}

static void test_without_entry(void **state)
{
	(void)state;
	EXPECT(stop_without_entry(0x1234),
	       "open\n"
	       "kept purgatory: FAULT cause=seal segment=purgatory address=0x1234 serror=1\n"
	       "purgatory: FAULT cause=seal segment=purgatory address=0x1234 serror=1\n" RESET);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_reset, set_up),
		cmocka_unit_test_setup(test_policies, set_up),
		cmocka_unit_test_setup(test_report, set_up),
		cmocka_unit_test_setup(test_fault, set_up),
		cmocka_unit_test_setup(test_damaged, set_up),
		cmocka_unit_test_setup(test_without_entry, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
