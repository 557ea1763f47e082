/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The UARTs that purgatory can drive, by kexec's description: where a character is written, what
 * tells that there is room for it, and what switches the transmitter on. No function waits.
 */
#ifndef PURGATORY_UART_H
#define PURGATORY_UART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "purgatory.h"

/* The patched description, see include/purgatory.h. */
struct uart {
	uint64_t address;
	uint32_t data_shift;
	struct purgatory_register registers[PURGATORY_REGISTER_COUNT];
};

/* Take over the description of what was patched. No register is touched. */
void uart_open(struct uart *uart, const struct purgatory_ending *ending);

/*
 * Switch its transmitter on if the description says how, and if it is off. A transmitter that is on
 * is left alone, because it may still be sending what the old kernel wrote.
 */
void uart_enable(const struct uart *uart);

/* Write as much of the text as there is room for now. Returns the number of bytes. */
size_t uart_write(const struct uart *uart, const char *text, size_t length);

/* True if everything has been sent, as far as the UART can tell. */
bool uart_is_idle(const struct uart *uart);

#endif
