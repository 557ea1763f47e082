/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The console that --serial names, as sysfs describes it (drivers/tty/serial/serial_core.c prints
 * type, io_type and iomem_reg_shift in decimal, iomem_base in hexadecimal), or its node of the
 * device tree, which sysfs leads to.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/serial.h>
#include <linux/serial_core.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "console/console_source.h"
#include "console/uart_types.h"

/* Read the number in /sys/class/tty/@name/@attribute. */
static int read_attribute(const struct sysroot *sysroot, const char *name, const char *attribute,
			  uint64_t *value)
{
	char *path, *text, *end;
	size_t size;
	int error;

	if (asprintf(&path, "/sys/class/tty/%s/%s", name, attribute) < 0)
		return -ENOMEM;
	error = sysroot_read(sysroot, path, &text, &size);
	free(path);
	if (error)
		return error;
	errno = 0;
	*value = strtoull(text, &end, 0);
	if (errno || end == text || (*end != '\0' && *end != '\n'))
		error = -EINVAL;
	free(text);
	return error;
}

/* Bytes, more than the name of a tty has. */
#define NAME_SIZE 32

/* True if it is a name, not a path, which would lead out of /sys/class/tty. */
static bool is_name(const char *name)
{
	return name[0] != '\0' && name[0] != '.' && !strchr(name, '/');
}

/*
 * Read the "compatible" strings of the port's node: that of its device, or of a parent, because
 * devices of the serial core (Linux 6.5) had no node at first. NULL: there are none.
 */
static char *read_compatibles(const struct sysroot *sysroot, const char *name, size_t *size)
{
	static const char *const parents[] = {"", "../", "../../"};
	char *strings = NULL;

	for (size_t i = 0; i < sizeof(parents) / sizeof(parents[0]) && !strings; i++) {
		char *path;

		if (asprintf(&path, "/sys/class/tty/%s/device/%sof_node/compatible", name,
			     parents[i]) < 0)
			return NULL;
		if (sysroot_read(sysroot, path, &strings, size))
			strings = NULL;
		free(path);
	}
	return strings;
}

/*
 * The type of a port: that of its node, because different UARTs share numbers, or if that is not
 * known, that of the number.
 */
static const struct uart_type *find_type(struct console_port *port, const struct sysroot *sysroot,
					 const char *name, uint64_t number)
{
	size_t size = 0;
	char *strings = read_compatibles(sysroot, name, &size);
	const struct uart_type *type = NULL;

	snprintf(port->type, sizeof(port->type), "port type %" PRIu64, number);
	if (strings && size && strings[0] != '\0') {
		snprintf(port->type, sizeof(port->type), "%s", strings);
		type = uart_type_find_compatibles(strings, size);
	}
	free(strings);
	return type ? type : uart_type_find_port(number);
}

/* How the kernel reaches the registers. Returns false if they are not in memory. */
static bool read_layout(struct uart_layout *layout, const struct sysroot *sysroot, const char *name)
{
	uint64_t io_type, shift;

	if (read_attribute(sysroot, name, "io_type", &io_type) ||
	    read_attribute(sysroot, name, "iomem_reg_shift", &shift))
		return false;
	layout->shift = shift > UINT32_MAX ? UINT32_MAX : (uint32_t)shift;
	layout->big_endian = io_type == SERIAL_IO_MEM32BE;
	switch (io_type) {
	case SERIAL_IO_MEM:
		layout->width = 1;
		return true;
	case SERIAL_IO_MEM16:
		layout->width = 2;
		return true;
	case SERIAL_IO_MEM32:
	case SERIAL_IO_MEM32BE:
		layout->width = 4;
		return true;
	default:
		return false;
	}
}

/* Fill @port from the port of that name. Returns the reason in it. */
static enum console_reason read_uart(struct console_port *port, const struct sysroot *sysroot,
				     const char *name)
{
	const struct uart_type *type;
	struct uart_layout layout = {0};
	uint64_t number, address;

	*port = (struct console_port){.reason = CONSOLE_MISSING, .source = "--serial"};
	if (read_attribute(sysroot, name, "type", &number) ||
	    read_attribute(sysroot, name, "iomem_base", &address))
		return port->reason;
	type = find_type(port, sysroot, name, number);
	if (!type)
		return port->reason = CONSOLE_OTHER_TYPE;
	if (address == 0 ||
	    ((type->spaced || type->data_width_varies) && !read_layout(&layout, sysroot, name)))
		return port->reason = CONSOLE_NOT_IN_MEMORY;
	/* fsl_lpuart.c: only some versions of Linux have it included. */
	uart_type_describe(type, address | type->base, &layout, &port->console);
	port->reason = console_is_reachable(&port->console) ? CONSOLE_USED : CONSOLE_OUT_OF_REACH;
	return port->reason;
}

/* More than any machine has that one would list. */
#define TTY_MAX 16

/* The names of /sys/class/tty that are UARTs with registers; returns how many. */
static size_t find_uarts(char names[TTY_MAX][NAME_SIZE], const struct sysroot *sysroot)
{
	const int descriptor = sysroot_open_descriptor(sysroot, "/sys/class/tty", O_DIRECTORY);
	DIR *directory = descriptor >= 0 ? fdopendir(descriptor) : NULL;
	const struct dirent *entry;
	size_t count = 0;

	if (!directory) {
		if (descriptor >= 0)
			close(descriptor);
		return 0;
	}
	while (count < TTY_MAX && (entry = readdir(directory))) {
		uint64_t type, address;

		if (!is_name(entry->d_name) || strlen(entry->d_name) >= NAME_SIZE ||
		    read_attribute(sysroot, entry->d_name, "type", &type) || type == PORT_UNKNOWN ||
		    read_attribute(sysroot, entry->d_name, "iomem_base", &address) || !address)
			continue;
		strcpy(names[count++], entry->d_name);
	}
	closedir(directory);
	return count;
}

static int compare_names(const void *left, const void *right)
{
	return strcmp(left, right);
}

void console_list_ttys(struct console_ttys *ttys, const struct sysroot *sysroot, uint64_t address)
{
	char names[TTY_MAX][NAME_SIZE];
	const size_t count = find_uarts(names, sysroot);
	FILE *list;

	*ttys = (struct console_ttys){0};
	list = fmemopen(ttys->list, sizeof(ttys->list), "w");
	if (!list)
		return;
	qsort(names, count, NAME_SIZE, compare_names);
	for (size_t i = 0; i < count; i++) {
		struct console_port port;
		const enum console_reason reason = read_uart(&port, sysroot, names[i]);

		if (reason == CONSOLE_USED && (!ttys->usable[0] || port.console.address == address))
			strcpy(ttys->usable, names[i]);
		fprintf(list, "%s%s", i ? ", " : "", names[i]);
		if (reason != CONSOLE_USED)
			fprintf(list, " (%s)", console_reason_text(reason));
	}
	fclose(list);
}

int console_from_tty(struct console *console, const struct sysroot *sysroot, const char *name,
		     const struct log *log)
{
	struct console_port port;

	if (!is_name(name) || read_uart(&port, sysroot, name) == CONSOLE_MISSING)
		return log_error(log, -ENODEV,
				 "--serial=%s: no UART of that name in /sys/class/tty: give a name "
				 "like ttyAMA0 or ttyS0, or none",
				 name);
	if (port.reason != CONSOLE_USED)
		return log_error(log, -ENODEV, "--serial=%s (%s): %s: name another UART or none",
				 name, port.type, console_reason_text(port.reason));
	*console = port.console;
	return 0;
}
