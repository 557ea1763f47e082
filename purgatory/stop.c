/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How purgatory ends without entering the next kernel.
 */
#include "stop.h"

#include "arch_interface.h"
#include "console.h"
#include "ending.h"
#include "engine.h"
#include "line.h"
#include "pstore.h"
#include "purgatory.h"
#include "serror.h"

/* second.S */
extern const char stop_damaged_text[];

/* Write the last line and sleep for ever. */
static _Noreturn void halt(struct console *console, const char *text)
{
	console_write_text(console, text);
	console_drain(console);
	arch_halt();
}

_Noreturn void stop(struct console *console)
{
	struct purgatory_ending ending;

	ending_read(&ending);
	/* Only one value means halt. Any other one means reset. */
	if (ending.mismatch_policy == PURGATORY_POLICY_HALT)
		halt(console, "halted");
	console_write_text(console, "resetting");
	console_drain(console);
	arch_reset(ending.reset_method);
	halt(console, "reset failed, halted");
}

void stop_report(struct console *console, struct line *line)
{
	serror_add(line);
	pstore_append(line->text, line->length);
	console_write_line(console, line);
}

const char *stop_fault_text(void)
{
	return arch_has_exited() ? "next kernel FAULT" : "FAULT";
}

_Noreturn void stop_fault(struct line *line)
{
	struct console console;
	size_t length;

	console_open(&console);
	if (!arch_has_exited())
		line_add_word(line, "engine", engine_name(arch_engine()));
	serror_add(line);
	/* The log that outlives a reset comes last, because it may be what faulted. */
	length = line->length;
	console_write_line(&console, line);
	pstore_append(line->text, length);
	stop(&console);
}

_Noreturn void stop_damaged(uint64_t address, uint64_t expected, uint64_t actual)
{
	struct console console;
	struct line line;

	console_open(&console);
	line_begin(&line, "MISMATCH");
	line_add_word(&line, "segment", "purgatory");
	if (line_is(&line, stop_damaged_text)) {
		line_add_hex(&line, "address", address);
		line_add_hex(&line, "offset", 0);
		line_add_hex(&line, "expected", expected);
		line_add_hex(&line, "actual", actual);
	} else {
		line_set(&line, stop_damaged_text);
	}
	stop_report(&console, &line);
	stop(&console);
}

_Noreturn void stop_without_entry(uint64_t address)
{
	struct console console;
	struct line line;

	console_open(&console);
	line_begin(&line, "FAULT");
	line_add_word(&line, "cause", "seal");
	line_add_word(&line, "segment", "purgatory");
	line_add_hex(&line, "address", address);
	stop_report(&console, &line);
	stop(&console);
}
