/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The console of the device tree: /chosen stdout-path (Devicetree Specification v0.4, 3.6), as
 * Linux finds it in drivers/of/base.c, of_alias_scan().
 */
#include <libfdt.h>
#include <stdio.h>
#include <string.h>

#include "devicetree/fdt_query.h"
#include "machine/console_source.h"

/* The UARTs that purgatory can drive, by their compatible string. */
static const struct compatible_uart {
	const char *compatible;
	enum purgatory_console type;
} compatible_uarts[] = {
	{"arm,pl011", PURGATORY_CONSOLE_PL011},	      {"arm,sbsa-uart", PURGATORY_CONSOLE_PL011},
	{"ns8250", PURGATORY_CONSOLE_8250},	      {"ns16450", PURGATORY_CONSOLE_8250},
	{"ns16550", PURGATORY_CONSOLE_8250},	      {"ns16550a", PURGATORY_CONSOLE_8250},
	{"ns16750", PURGATORY_CONSOLE_8250},	      {"ns16850", PURGATORY_CONSOLE_8250},
	{"snps,dw-apb-uart", PURGATORY_CONSOLE_8250},
};

/* stdout-path, which is a path or an alias, with options after a colon; NULL: none. */
static const char *read_stdout(const void *fdt)
{
	const int chosen = fdt_path_offset(fdt, "/chosen");
	const char *path;

	if (chosen < 0)
		return NULL;
	path = fdt_stringlist_get(fdt, chosen, "stdout-path", 0, NULL);
	return path ? path : fdt_stringlist_get(fdt, chosen, "linux,stdout-path", 0, NULL);
}

static enum purgatory_console find_type(const void *fdt, int node)
{
	size_t i;

	for (i = 0; i < sizeof(compatible_uarts) / sizeof(compatible_uarts[0]); i++)
		if (fdt_node_check_compatible(fdt, node, compatible_uarts[i].compatible) == 0)
			return compatible_uarts[i].type;
	return PURGATORY_CONSOLE_NONE;
}

/*
 * CONSOLE_USED if nothing can switch the UART's clock off: every entry of its clocks names a
 * fixed-clock, or there are no clocks. A power domain may take the clock away as well.
 */
static enum console_reason check_clock(const void *fdt, int node)
{
	int length, i = 0;
	const fdt32_t *clocks = fdt_getprop(fdt, node, "clocks", &length);

	if (fdt_getprop(fdt, node, "power-domains", NULL))
		return CONSOLE_POWER_GATED;
	if (!clocks)
		return CONSOLE_USED;
	while (i < length / 4) {
		int provider = fdt_node_offset_by_phandle(fdt, fdt32_ld(&clocks[i]));
		uint32_t specifier_cells = UINT32_MAX;

		if (provider < 0 || fdt_node_check_compatible(fdt, provider, "fixed-clock") != 0)
			return CONSOLE_CLOCK_GATED;
		fdt_query_u32(fdt, provider, "#clock-cells", &specifier_cells);
		if (specifier_cells > 1)
			return CONSOLE_CLOCK_GATED;
		i += 1 + (int)specifier_cells;
	}
	return CONSOLE_USED;
}

/* reg-shift, reg-io-width, reg-offset as in drivers/tty/serial/8250/8250_of.c. */
static enum console_reason read_8250_registers(struct console *console, const void *fdt, int node)
{
	uint32_t offset = 0;

	console->register_width = 1;
	fdt_query_u32(fdt, node, "reg-shift", &console->register_shift);
	fdt_query_u32(fdt, node, "reg-io-width", &console->register_width);
	fdt_query_u32(fdt, node, "reg-offset", &offset);
	if (fdt_getprop(fdt, node, "big-endian", NULL))
		return CONSOLE_BIG_ENDIAN;
	if (__builtin_add_overflow(console->address, offset, &console->address))
		return CONSOLE_OUT_OF_REACH;
	return CONSOLE_USED;
}

/* Fill @console from the node; tells why purgatory must not use it. */
static enum console_reason read_uart(struct console *console, const void *fdt, int node)
{
	enum console_reason reason;
	const bool has_address = !fdt_query_address(fdt, node, &console->address);

	console->type = find_type(fdt, node);
	if (console->type == PURGATORY_CONSOLE_NONE)
		return CONSOLE_OTHER_TYPE;
	if (!fdt_query_available(fdt, node))
		return CONSOLE_DISABLED;
	reason = check_clock(fdt, node);
	if (reason != CONSOLE_USED)
		return reason;
	if (!has_address)
		return CONSOLE_NO_ADDRESS;
	console->register_width = 4;
	if (console->type == PURGATORY_CONSOLE_8250)
		reason = read_8250_registers(console, fdt, node);
	if (reason == CONSOLE_USED && !console_is_reachable(console))
		reason = CONSOLE_OUT_OF_REACH;
	return reason;
}

void console_from_devicetree(struct console_port *port, const struct devicetree *tree)
{
	const char *path, *compatible;
	int node;

	*port = (struct console_port){.reason = CONSOLE_UNNAMED, .source = "stdout-path"};
	if (!tree->fdt)
		return;
	path = read_stdout(tree->fdt);
	if (!path)
		return;
	node = fdt_path_offset_namelen(tree->fdt, path, (int)strcspn(path, ":"));
	if (node < 0) {
		port->reason = CONSOLE_MISSING;
		snprintf(port->name, sizeof(port->name), "%s", path);
		return;
	}
	if (fdt_get_path(tree->fdt, node, port->name, sizeof(port->name)))
		snprintf(port->name, sizeof(port->name), "%s", fdt_get_name(tree->fdt, node, NULL));
	compatible = fdt_stringlist_get(tree->fdt, node, "compatible", 0, NULL);
	snprintf(port->type, sizeof(port->type), "%s", compatible ? compatible : "");
	port->reason = read_uart(&port->console, tree->fdt, node);
}
