/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The console. Every wait for it is bounded; after the first that was in vain the console is
 * dropped, because a report must never keep a verified kernel from running.
 */
#ifndef PURGATORY_CONSOLE_H
#define PURGATORY_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct line;

/* Reads of a device's register, at some 100 ns to 200 ns each. */
#define CONSOLE_REGISTER_POLLS_MAX (UINT32_C(1) << 22)

/* Where a UART is; as patched, see include/purgatory.h. */
struct uart {
	uint64_t address;
	uint32_t register_shift;
	uint32_t register_width;
};

/* A way to write. Neither function waits. */
struct console_driver {
	/* Write as much of the text as there is room for now. Returns how many bytes that was, or
	 * -1 if there will never be room. */
	long (*write)(const struct uart *uart, const char *text, size_t length);

	/* Whether all has left the wire. */
	bool (*is_idle)(const struct uart *uart);

	/* How often to ask where no time is known: about a second, longer than any time limit. */
	uint32_t polls_max;
};

struct console {
	const struct console_driver *driver; /* NULL: none, or dropped */
	struct uart uart;
};

extern const struct console_driver pl011_driver;
extern const struct console_driver uart8250_driver;

/* Open the console that the patched symbols name. */
void console_open(struct console *console);

/* End the line and write it. */
void console_write_line(struct console *console, struct line *line);

/* Write a line that is only text. */
void console_write_text(struct console *console, const char *text);

/* Wait until the UART is idle, so that its next owner's setup does not cut the line. */
void console_drain(struct console *console);

#endif
