/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The choice of purgatory's console.
 */
#include "machine/console.h"

#include <string.h>

#include "machine/console_source.h"

bool console_is_reachable(const struct console *console)
{
	if (console->register_width != 1 && console->register_width != 4)
		return false;
	if (console->register_shift > 3)
		return false;
	/* With the MMU off an unaligned access to a register is a fault. */
	if (console->type == PURGATORY_CONSOLE_8250 &&
	    UINT32_C(1) << console->register_shift < console->register_width)
		return false;
	return console->address != 0 && console->address % console->register_width == 0;
}

uint64_t console_registers(const struct console *console)
{
	switch (console->type) {
	case PURGATORY_CONSOLE_PL011:
		return 0x1c; /* data at 0, flags at 0x18 */
	case PURGATORY_CONSOLE_8250:
		return UINT64_C(8) << console->register_shift;
	default:
		return 0;
	}
}

int console_pages(const struct console *console, struct range *pages)
{
	int error = range_make(pages, console->address, console_registers(console));

	if (error)
		return error;
	pages->start = align_down(pages->start, CONSOLE_PAGE_SIZE);
	return align_up(&pages->end, pages->end, CONSOLE_PAGE_SIZE);
}

static void find_default(struct console *console, const struct arch *arch,
			 const struct devicetree *tree, const struct sysroot *sysroot,
			 const struct log *log)
{
	if (arch->default_console != PURGATORY_CONSOLE_NONE) {
		console->type = arch->default_console;
		return;
	}
	if (console_from_devicetree(console, tree, log) == 0)
		return;
	if (console_from_spcr(console, sysroot, log) == 0)
		return;
	memset(console, 0, sizeof(*console));
	log_warning(log, "purgatory has no console and will report nothing: name one with "
			 "--serial=ttyAMA0, or load with --serial=none");
}

int console_find(struct console *console, const struct arch *arch, const struct devicetree *tree,
		 const struct sysroot *sysroot, const char *serial, const struct log *log)
{
	memset(console, 0, sizeof(*console));
	if (!serial)
		find_default(console, arch, tree, sysroot, log);
	else if (strcmp(serial, "none") != 0)
		return console_from_tty(console, sysroot, serial, log);
	return 0;
}
