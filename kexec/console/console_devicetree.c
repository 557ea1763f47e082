/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The console of the device tree: /chosen stdout-path (Devicetree Specification v0.4, 3.6), as
 * Linux finds it in drivers/of/base.c, of_alias_scan().
 */
#include <libfdt.h>
#include <stdio.h>
#include <string.h>

#include "console/console_source.h"
#include "console/uart_types.h"
#include "devicetree/compatible.h"
#include "devicetree/fdt_query.h"

/* Read stdout-path: a path or an alias, with options after a colon; NULL: there is none. */
static const char *read_stdout(const void *fdt)
{
	const int chosen = fdt_path_offset(fdt, "/chosen");
	const char *path;

	if (chosen < 0)
		return NULL;
	path = fdt_stringlist_get(fdt, chosen, "stdout-path", 0, NULL);
	return path ? path : fdt_stringlist_get(fdt, chosen, "linux,stdout-path", 0, NULL);
}

static const struct uart_type *find_type(const void *fdt, int node)
{
	const struct compatible compatible = compatible_read(fdt, node);

	return compatible.strings ? uart_type_find_compatibles(compatible.strings, compatible.size)
				  : NULL;
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

/*
 * Where the registers are: reg-shift, reg-io-width, reg-offset as in __uart_read_properties()
 * (drivers/tty/serial/serial_port.c), which knows big-endian registers of 4 bytes alone. Returns
 * false if there is no such address.
 */
static bool read_registers(struct console *console, const struct uart_type *type, const void *fdt,
			   int node, uint64_t address)
{
	struct uart_layout layout = type->layout;
	uint32_t offset = 0;

	if (type->spaced || type->data_width_varies)
		fdt_query_u32(fdt, node, "reg-io-width", &layout.width);
	if (type->spaced) {
		fdt_query_u32(fdt, node, "reg-shift", &layout.shift);
		fdt_query_u32(fdt, node, "reg-offset", &offset);
		layout.big_endian = layout.width == 4 && fdt_getprop(fdt, node, "big-endian", NULL);
	}
	if (__builtin_add_overflow(address, type->base, &address) ||
	    __builtin_add_overflow(address, offset, &address))
		return false;
	uart_type_describe(type, address, &layout, console);
	return true;
}

/* Fill @console from the node. Returns CONSOLE_USED, or why purgatory must not use it. */
static enum console_reason read_uart(struct console *console, const void *fdt, int node)
{
	const struct uart_type *type = find_type(fdt, node);
	enum console_reason reason;
	uint64_t address = 0;
	const bool has_address = !fdt_query_address(fdt, node, &address);

	console->address = address;
	if (!type)
		return CONSOLE_OTHER_TYPE;
	if (has_address && !read_registers(console, type, fdt, node, address))
		return CONSOLE_OUT_OF_REACH;
	if (!fdt_query_available(fdt, node))
		return CONSOLE_DISABLED;
	reason = check_clock(fdt, node);
	if (reason != CONSOLE_USED)
		return reason;
	if (!has_address)
		return CONSOLE_NO_ADDRESS;
	return console_is_reachable(console) ? CONSOLE_USED : CONSOLE_OUT_OF_REACH;
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
