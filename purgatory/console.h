/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The console. Every wait for it is bounded. After the first wait that reaches its limit the
 * console is dropped, because a report must never keep a verified kernel from running.
 */
#ifndef PURGATORY_CONSOLE_H
#define PURGATORY_CONSOLE_H

#include <stdint.h>

#include "purgatory.h"
#include "uart.h"

struct line;

/*
 * How often to ask if no time is known: for about a second, which is longer than any time limit.
 * Reads of a device's register take some 100 ns to 200 ns each, calls of firmware 1 us, or some 10
 * us through a hypervisor.
 */
#define CONSOLE_REGISTER_POLLS_MAX (UINT32_C(1) << 22)
#define CONSOLE_FIRMWARE_POLLS_MAX (UINT32_C(1) << 17)

struct console {
	enum purgatory_console type; /* PURGATORY_CONSOLE_NONE after it was dropped */
	struct uart uart;
};

/* Open the console that the patched symbols name. */
void console_open(struct console *console);

/* End the line and write it. */
void console_write_line(struct console *console, struct line *line);

/* Write a line that is only text. */
void console_write_text(struct console *console, const char *text);

/* Wait until the UART is idle, so that its next owner's setup does not cut the line. */
void console_drain(struct console *console);

#endif
